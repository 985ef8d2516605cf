using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace RestrictedTee.Xtest.Regression8100;

/// <summary>The certificates and the request that the cases pass, and what they must come to: root, intermediate and client are of this project's own making.</summary>
internal static class Authority
{
    private static readonly DateTime Within = new(2028, 1, 1, 0, 0, 0, DateTimeKind.Utc); // of the validity of all, whatever day it is

    internal static string Root => Read("ca");

    internal static string Intermediate => Read("mid");

    internal static string Client => Read("my");

    internal static string Request => Read("my-request");

    internal static string RequestBySha1 => Read("my-request-sha1");

    /// <summary>As a client in C passes it: with the zero at its end.</summary>
    internal static byte[] AsText(string pem) => [.. Encoding.ASCII.GetBytes(pem), 0];

    /// <summary>Whether the certificate leads to this project's root over another.</summary>
    internal static bool LeadsToRoot(X509Certificate2 certificate, X509Certificate2 issuer)
    {
        using var chain = new X509Chain();
        using var root = X509Certificate2.CreateFromPem(Root);
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(root);
        chain.ChainPolicy.ExtraStore.Add(issuer);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.VerificationTime = Within;
        return chain.Build(certificate) && chain.ChainElements.Count == 3;
    }

    private static string Read(string name)
    {
        using var file = new StreamReader(typeof(Authority).Assembly.GetManifestResourceStream($"Certificates/{name}")!);
        return file.ReadToEnd();
    }
}
