using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using RestrictedTee.Contracts;
using RestrictedTee.Sdk;
using RestrictedTee.TrustedApps.XtestApps.CryptApp.Certificates;

namespace RestrictedTee.TrustedApps.XtestApps.CryptApp;

/// <summary>What the original does by mbedTLS (ta/crypt/mbedtls_taf.c), here by .NET's X.509.</summary>
public sealed partial class CryptTa
{
    private static readonly DateTimeOffset NotBefore = new(1970, 1, 1, 0, 0, 0, TimeSpan.Zero), NotAfter = new(2030, 12, 31, 23, 59, 59, TimeSpan.Zero);

    [Command(Crypt.CommandMbedtlsCheckCert)]
    public static TeeResult CheckCertificate(MemrefInput chain, MemrefInput anchor) => InWordsOfX509(chain.Span, anchor.Span, static (chain, anchor) =>
    {
        using CertificateList certificates = CertificateForms.ReadCertificates(chain), anchors = CertificateForms.ReadCertificates(anchor);
        return ChainRules.LeadsToAnchor(certificates.All, anchors.All) ? TeeResult.Success : TeeResult.BadFormat;
    });

    /// <summary>The size of a certificate stays as the client gave it, with zeroes behind the text; that of the chain is told.</summary>
    [Command(Crypt.CommandMbedtlsSignCert)]
    public static TeeResult SignCertificate(MemrefInput request, MemrefOutput certificate, MemrefOutput chain)
    {
        byte[] signed = [];
        TeeResult result = InWordsOfX509(request.Span, default, (request, _) =>
        {
            signed = Sign(CertificateForms.ReadRequest(request));
            return TeeResult.Success;
        });
        if (result != TeeResult.Success)
            return result;

        // Each tells its size, or is written, whatever becomes of the other.
        bool certificateFits = signed.AsSpan().TryCopyTo(certificate.Span);
        if (certificateFits)
            certificate.Span[signed.Length..].Clear();
        else
            certificate.Size = signed.Length;
        byte[] issuers = [.. TestAuthority.Intermediate, (byte)'\n', .. TestAuthority.Root, 0];
        chain.Size = issuers.Length;
        return issuers.AsSpan().TryCopyTo(chain.Span) && certificateFits ? TeeResult.Success : TeeResult.ShortBuffer;
    }

    /// <summary>Subject and key are the request's, which must be signed with that key; what else it asks for is ignored.</summary>
    private static byte[] Sign(byte[] request)
    {
        SignatureScheme scheme = SignatureScheme.Of(request);
        var wanted = CertificateRequest.LoadSigningRequest(request, scheme.Name);
        using X509Certificate2 issuer = TestAuthority.LoadIntermediate();
        using TransientObject key = TestAuthority.LoadKey();
        wanted.CertificateExtensions.Add(X509BasicConstraintsExtension.CreateForEndEntity());
        wanted.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(wanted.PublicKey, critical: false));
        wanted.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromSubjectKeyIdentifier(new X509SubjectKeyIdentifierExtension(issuer.PublicKey, critical: false)));
        using X509Certificate2 signed = wanted.Create(issuer.SubjectName, new KernelSignatures(key, issuer.PublicKey, scheme), NotBefore, NotAfter, [1]);
        return [.. System.Text.Encoding.ASCII.GetBytes(signed.ExportCertificatePem()), (byte)'\n', 0];
    }

    /// <summary>
    /// On copies of what the client passed, which must not change between two looks, in memory that counts against the TA's. What is no certificate,
    /// in any of the ways that .NET tells it, is BAD_FORMAT.
    /// </summary>
    private static TeeResult InWordsOfX509(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, Func<ReadOnlySpan<byte>, ReadOnlySpan<byte>, TeeResult> action)
    {
        using SecureMemory copy = SecureMemory.Allocate(first.Length), other = SecureMemory.Allocate(second.Length);
        first.CopyTo(copy.Span);
        second.CopyTo(other.Span);
        try
        {
            return action(copy.Span, other.Span);
        }
        catch (Exception e) when (e is CryptographicException or AsnContentException or NotSupportedException or ArgumentException)
        {
            Tee.Trace(TraceLevel.Debug, $"X.509: {e.GetType().Name}: {e.Message}");
            return TeeResult.BadFormat;
        }
    }
}
