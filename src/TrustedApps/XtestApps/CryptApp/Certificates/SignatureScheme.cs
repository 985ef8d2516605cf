using System.Formats.Asn1;
using System.Security.Cryptography;
using RestrictedTee.Sdk;

namespace RestrictedTee.TrustedApps.XtestApps.CryptApp.Certificates;

/// <summary>What a request was signed with, and what the certificate is signed with for it: by the same digest, with the authority's RSA.</summary>
/// <param name="Rsa">Of a request by RSA (RFC 8017, appendix A.2.4); and of the certificate.</param>
/// <param name="Ecdsa">Of a request by ECDSA (RFC 5758).</param>
/// <param name="Name">The digest, to .NET.</param>
/// <param name="Digest">To the Internal Core API.</param>
/// <param name="Signature">The signature, to the same.</param>
internal sealed record SignatureScheme(string Rsa, string Ecdsa, HashAlgorithmName Name, TeeAlgorithm Digest, TeeAlgorithm Signature)
{
    private static readonly SignatureScheme[] All =
    [
        new("1.2.840.113549.1.1.5", "1.2.840.10045.4.1", HashAlgorithmName.SHA1, TeeAlgorithm.Sha1, TeeAlgorithm.RsassaPkcs1Sha1),
        new("1.2.840.113549.1.1.11", "1.2.840.10045.4.3.2", HashAlgorithmName.SHA256, TeeAlgorithm.Sha256, TeeAlgorithm.RsassaPkcs1Sha256),
        new("1.2.840.113549.1.1.12", "1.2.840.10045.4.3.3", HashAlgorithmName.SHA384, TeeAlgorithm.Sha384, TeeAlgorithm.RsassaPkcs1Sha384),
        new("1.2.840.113549.1.1.13", "1.2.840.10045.4.3.4", HashAlgorithmName.SHA512, TeeAlgorithm.Sha512, TeeAlgorithm.RsassaPkcs1Sha512),
    ];

    /// <summary>CertificationRequest (RFC 2986, section 4.2): information, algorithm, signature.</summary>
    /// <exception cref="TeeException">BadFormat: an algorithm that is not among these.</exception>
    internal static SignatureScheme Of(byte[] request)
    {
        AsnReader parts = new AsnReader(request, AsnEncodingRules.DER).ReadSequence();
        parts.ReadEncodedValue();
        string algorithm = parts.ReadSequence().ReadObjectIdentifier();
        return Array.Find(All, scheme => scheme.Rsa == algorithm || scheme.Ecdsa == algorithm)
            ?? throw new TeeException(TeeResult.BadFormat, $"The request is signed with {algorithm}, and may be with RSA or ECDSA and a digest of SHA-1, SHA-256, SHA-384 or SHA-512.");
    }
}
