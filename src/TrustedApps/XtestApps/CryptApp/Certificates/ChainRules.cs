using System.Formats.Asn1;
using System.Security.Cryptography.X509Certificates;

namespace RestrictedTee.TrustedApps.XtestApps.CryptApp.Certificates;

/// <summary>
/// Whether a chain leads to a certificate that is trusted, by the rules of mbedTLS in a trusted application: signatures by SHA-256 and better, keys of
/// RSA from 2048 bits and of curves from 256 bits, no revocation, and no time, as a TA has none that it could rely upon.
/// </summary>
internal static class ChainRules
{
    private const int LeastRsaBits = 2048;
    private const string Rsa = "1.2.840.113549.1.1.1", EllipticCurve = "1.2.840.10045.2.1";

    private static readonly string[] Signatures =
    [
        "1.2.840.113549.1.1.11", "1.2.840.113549.1.1.12", "1.2.840.113549.1.1.13", // RSA, PKCS#1 v1.5
        "1.2.840.10045.4.3.2", "1.2.840.10045.4.3.3", "1.2.840.10045.4.3.4", // ECDSA
    ];

    private static readonly string[] Curves =
    [
        "1.2.840.10045.3.1.7", "1.3.132.0.34", "1.3.132.0.35", // P-256, P-384, P-521
        "1.3.36.3.3.2.8.1.1.7", "1.3.36.3.3.2.8.1.1.11", "1.3.36.3.3.2.8.1.1.13", // Brainpool P256r1, P384r1, P512r1
    ];

    /// <summary>Whether the first leads to one of the anchors, perhaps over the others.</summary>
    internal static bool LeadsToAnchor(X509Certificate2Collection certificates, X509Certificate2Collection anchors)
    {
        // Nothing is trusted but what the client says, and nothing is fetched. What the machine trusts the launcher keeps out of sight; what its user keeps
        // for .NET may complete a chain, and no more.
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(anchors);
        chain.ChainPolicy.ExtraStore.AddRange(certificates);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.VerificationFlags = X509VerificationFlags.IgnoreNotTimeValid;

        try
        {
            bool isTrusted = chain.Build(certificates[0]) || EndsAtAnchorThatIsNoRoot(chain, anchors);
            return isTrusted && chain.ChainElements.Select((element, i) => IsStrong(element.Certificate, i == chain.ChainElements.Count - 1 && i > 0)).All(strong => strong);
        }
        finally
        {
            foreach (X509ChainElement element in chain.ChainElements)
                element.Certificate.Dispose(); // copies, which the chain leaves to the collector
        }
    }

    /// <summary>An anchor need not be a root: what an issuer that is trusted has signed is trusted too.</summary>
    private static bool EndsAtAnchorThatIsNoRoot(X509Chain chain, X509Certificate2Collection anchors) =>
        chain.ChainElements.Count > 1
        && Array.TrueForAll(chain.ChainStatus, status => status.Status is X509ChainStatusFlags.PartialChain or X509ChainStatusFlags.NotTimeValid)
        && anchors.Any(anchor => anchor.RawDataMemory.Span.SequenceEqual(chain.ChainElements[^1].Certificate.RawDataMemory.Span));

    private static bool IsStrong(X509Certificate2 certificate, bool isAnchor) =>
        (isAnchor || Signatures.Contains(certificate.SignatureAlgorithm.Value)) && IsStrong(certificate.PublicKey);

    private static bool IsStrong(PublicKey key)
    {
        switch (key.Oid.Value)
        {
            case Rsa:
                using (System.Security.Cryptography.RSA? rsa = key.GetRSAPublicKey())
                    return rsa?.KeySize >= LeastRsaBits;
            case EllipticCurve:
                return Curves.Contains(AsnDecoder.ReadObjectIdentifier(key.EncodedParameters?.RawData ?? [], AsnEncodingRules.DER, out _));
            default:
                return false;
        }
    }
}
