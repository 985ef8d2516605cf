using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using RestrictedTee.Contracts;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.Xtest.Framework;
using static RestrictedTee.Xtest.Regression8100.Authority;

namespace RestrictedTee.Xtest.Regression8100;

/// <summary>8101–8103: what the original's crypt TA does by mbedTLS.</summary>
internal static class CertificateCases
{
    private const int CertificateSize = 2048, ChainSize = 4096;

    // Of RSA (RFC 8017, appendix A.2.4), which a certificate is signed by whatever its request is signed by.
    private const string BySha1 = "1.2.840.113549.1.1.5", BySha256 = "1.2.840.113549.1.1.11", BySha384 = "1.2.840.113549.1.1.12", BySha512 = "1.2.840.113549.1.1.13";

    internal static readonly XtestCase[] All =
    [
        new("regression_8101", "TA mbedTLS self tests", SelfTests),
        new("regression_8102", "TA mbedTLS test cert chain", CheckChain),
        new("regression_8103", "TA mbedTLS process certificate request", SignRequest),
    ];

    private static void SelfTests(CaseRun c)
    {
        using TeeSession? crypt = c.Open(Crypt.Uuid);

        c.ExpectSuccess(crypt!.TryInvoke(Crypt.CommandMbedtlsSelfTests, null, out _));
        c.ExpectResult(TeecResult.BadParameters, crypt.TryInvoke(Crypt.CommandMbedtlsSelfTests, new Operation(Parameter.ValueInput(0)), out _));
    }

    private static void CheckChain(CaseRun c)
    {
        using TeeSession? crypt = c.Open(Crypt.Uuid);
        using var client = X509Certificate2.CreateFromPem(Client);
        using var intermediate = X509Certificate2.CreateFromPem(Intermediate);
        byte[] chain = AsText(Client + "\n" + Intermediate), root = AsText(Root), altered = [.. client.RawData];
        altered[^1] ^= 1;

        Expect("a chain to the root", TeecResult.Success, chain, root);
        Expect("a chain in the other order", TeecResult.BadFormat, AsText(Intermediate + Root), AsText(Client));
        Expect("a chain whose intermediate is missing", TeecResult.BadFormat, AsText(Client), root);
        Expect("an issuer that is trusted and no root", TeecResult.Success, AsText(Client), AsText(Intermediate));
        Expect("the same as DER", TeecResult.Success, client.RawData, intermediate.RawData);
        Expect("DER with more behind it", TeecResult.Success, [.. client.RawData, 0, 1, 2], intermediate.RawData);
        Expect("a signature that is another", TeecResult.BadFormat, altered, intermediate.RawData);
        Expect("the root by itself", TeecResult.Success, root, root);
        Expect("a client that is trusted, whose issuer is not", TeecResult.BadFormat, AsText(Client), AsText(Client));
        Expect("a root of the same name with another key", TeecResult.BadFormat, chain, AsText(OtherRoot()));
        Expect("text without its zero", TeecResult.BadFormat, Encoding.ASCII.GetBytes(Client), root);
        Expect("text that is cut off", TeecResult.BadFormat, AsText(Client[..^40]), root);
        Expect("text in whose chain a certificate is none", TeecResult.BadFormat, AsText(Client + Client[..^40] + "\n" + Intermediate), root);
        Expect("nothing", TeecResult.BadFormat, [], root);
        Expect("an anchor that is nothing", TeecResult.BadFormat, chain, []);

        void Expect(string title, TeecResult expected, byte[] certificates, byte[] anchor)
        {
            using CaseRun.SubCase subCase = c.Begin(title);
            c.ExpectResult(expected, crypt!.TryInvoke(Crypt.CommandMbedtlsCheckCert, new Operation(Parameter.TempInput(certificates), Parameter.TempInput(anchor)), out _));
        }
    }

    private static void SignRequest(CaseRun c)
    {
        using TeeSession? crypt = c.Open(Crypt.Uuid);
        using ECDsa pair = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        byte[] der = RequestBy(HashAlgorithmName.SHA256), altered = [.. der];
        altered[der.AsSpan().IndexOf("Test curve"u8)] ^= 1;

        using (c.Begin("a key of RSA, as text"))
            ExpectSigned(c, crypt!, AsText(Request), "CN=Test client, O=RestrictedTee", BySha256);
        using (c.Begin("the same, by SHA-1"))
            ExpectSigned(c, crypt!, AsText(RequestBySha1), "CN=Test client, O=RestrictedTee", BySha1);
        foreach ((HashAlgorithmName digest, string algorithm) in ((HashAlgorithmName, string)[])[(HashAlgorithmName.SHA256, BySha256), (HashAlgorithmName.SHA384, BySha384), (HashAlgorithmName.SHA512, BySha512)])
        {
            using (c.Begin($"a key of a curve, as DER, by {digest}"))
                ExpectSigned(c, crypt!, RequestBy(digest), "O=RestrictedTee, CN=Test curve", algorithm);
        }

        foreach ((string title, byte[] bad) in ((string, byte[])[])[("a request that was altered", altered), ("text without its zero", AsText(Request)[..^1]), ("DER with more behind it", [.. der, 0]), ("nothing", [])])
        {
            using (c.Begin(title))
                c.ExpectResult(TeecResult.BadFormat, crypt!.TryInvoke(Crypt.CommandMbedtlsSignCert, new Operation(Parameter.TempInput(bad), Parameter.TempOutput(new byte[CertificateSize]), Parameter.TempOutput(new byte[ChainSize])), out _));
        }

        using (c.Begin("buffers that are too small"))
            ExpectSizes(c, crypt!, der);

        byte[] RequestBy(HashAlgorithmName digest) => new CertificateRequest("O=RestrictedTee, CN=Test curve", pair, digest).CreateSigningRequest();
    }

    private static void ExpectSigned(CaseRun c, TeeSession crypt, byte[] request, string subject, string algorithm)
    {
        byte[] certificate = new byte[CertificateSize], chain = new byte[ChainSize];
        var operation = new Operation(Parameter.TempInput(request), Parameter.TempOutput(certificate), Parameter.TempOutput(chain));
        if (!c.ExpectSuccess(crypt.TryInvoke(Crypt.CommandMbedtlsSignCert, operation, out _)))
            return;
        string expectedChain = Intermediate + "\n" + Root;

        c.Expect(operation[1].Size == CertificateSize, $"the size of the certificate to stay, got {operation[1].Size}");
        c.Expect(operation[2].Size == expectedChain.Length + 1, $"a chain of {expectedChain.Length + 1} bytes, got {operation[2].Size}");
        c.ExpectBytes(AsText(expectedChain), chain.AsSpan(0, expectedChain.Length + 1));
        using var signed = X509Certificate2.CreateFromPem(Encoding.ASCII.GetString(certificate.AsSpan(0, certificate.IndexOf((byte)0))));
        using var issuer = X509Certificate2.CreateFromPem(Encoding.ASCII.GetString(chain));
        c.Expect(signed.Subject == subject, $"the subject {subject}, got {signed.Subject}");
        c.Expect(signed.SignatureAlgorithm.Value == algorithm, $"the digest of the request, got {signed.SignatureAlgorithm.FriendlyName}");
        c.Expect(signed.SerialNumber == "01" && signed.Version == 3, $"number 1 of version 3, got {signed.SerialNumber}, {signed.Version}");
        c.Expect(signed.NotBefore.ToUniversalTime() == DateTime.UnixEpoch && signed.NotAfter.ToUniversalTime().Year == 2030, $"1970 to 2030, got {signed.NotBefore} to {signed.NotAfter}");
        c.Expect(signed.Extensions.Select(extension => extension.Oid?.Value).Order(StringComparer.Ordinal).SequenceEqual(["2.5.29.14", "2.5.29.19", "2.5.29.35"]), "three extensions");
        c.Expect(LeadsToRoot(signed, issuer), "a chain to the root");
    }

    /// <summary>Each is told whatever becomes of the other, and one that has room is written.</summary>
    private static void ExpectSizes(CaseRun c, TeeSession crypt, byte[] request)
    {
        int chainSize = AsText(Intermediate + "\n" + Root).Length;
        byte[] certificate = new byte[1], chain = new byte[chainSize - 1];
        var operation = new Operation(Parameter.TempInput(request), Parameter.TempOutput(certificate), Parameter.TempOutput(chain));
        c.ExpectResult(TeecResult.ShortBuffer, crypt.TryInvoke(Crypt.CommandMbedtlsSignCert, operation, out _));
        c.Expect(operation[2].Size == chainSize, $"{chainSize} bytes to be wanted for the chain, got {operation[2].Size}");
        c.ExpectBytes(new byte[chain.Length], chain);

        int needed = operation[1].Size;
        certificate = new byte[needed];
        operation = new Operation(Parameter.TempInput(request), Parameter.TempOutput(certificate), Parameter.TempOutput(new byte[1]));
        c.ExpectResult(TeecResult.ShortBuffer, crypt.TryInvoke(Crypt.CommandMbedtlsSignCert, operation, out _));
        c.Expect(operation[1].Size == needed && certificate[^1] == 0 && certificate[^2] == '\n', $"a certificate of {needed} bytes, as was told, got {operation[1].Size}");
    }

    private static string OtherRoot()
    {
        using var root = X509Certificate2.CreateFromPem(Root);
        using RSA pair = RSA.Create(2048);
        var request = new CertificateRequest(root.SubjectName, pair, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(X509BasicConstraintsExtension.CreateForCertificateAuthority());
        using X509Certificate2 other = request.CreateSelfSigned(new DateTimeOffset(root.NotBefore), new DateTimeOffset(root.NotAfter));
        return other.ExportCertificatePem();
    }
}
