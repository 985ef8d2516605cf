using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using RestrictedTee.Sdk;

namespace RestrictedTee.TrustedApps.XtestApps.CryptApp.Certificates;

/// <summary>
/// Signatures for certificates by a key of the kernel: .NET gives the form and the Internal Core API computes, so that no private key needs to be
/// one of .NET's, on the managed heap.
/// </summary>
internal sealed class KernelSignatures(TransientObject key, PublicKey publicKey, SignatureScheme scheme) : X509SignatureGenerator
{
    private const int LargestDigest = 64;

    public override byte[] GetSignatureAlgorithmIdentifier(HashAlgorithmName hashAlgorithm)
    {
        var identifier = new AsnWriter(AsnEncodingRules.DER);
        using (identifier.PushSequence())
        {
            identifier.WriteObjectIdentifier(scheme.Rsa);
            identifier.WriteNull();
        }

        return identifier.Encode();
    }

    public override byte[] SignData(byte[] data, HashAlgorithmName hashAlgorithm)
    {
        using DigestOperation digesting = DigestOperation.Allocate(scheme.Digest);
        using AsymmetricOperation signing = AsymmetricOperation.Allocate(scheme.Signature, OperationMode.Sign, TestAuthority.KeySize);
        Span<byte> digest = stackalloc byte[LargestDigest];
        byte[] signature = new byte[TestAuthority.KeySize / 8];
        signing.SetKey(key);
        signing.SignDigest(digest[..digesting.DoFinal(data, digest)], signature);
        return signature;
    }

    protected override PublicKey BuildPublicKey() => publicKey;
}
