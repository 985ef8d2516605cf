using RestrictedTee.Sdk;

namespace RestrictedTee.Tests.Crypto;

/// <summary>ECDSA takes a digest of any size, as upstream's core: its suite has digests of SHA-1 signed on every curve (4006).</summary>
public sealed class DigestSizeTests
{
    [Theory]
    [InlineData(TeeAlgorithm.EcdsaSha224, EccCurve.NistP224, 224, 20)]
    [InlineData(TeeAlgorithm.EcdsaSha256, EccCurve.NistP256, 256, 20)]
    [InlineData(TeeAlgorithm.EcdsaSha512, EccCurve.NistP521, 521, 20)]
    [InlineData(TeeAlgorithm.EcdsaSha1, EccCurve.NistP256, 256, 64)]
    public void A_digest_of_another_hash_is_signed_and_verified(TeeAlgorithm algorithm, EccCurve curve, int bits, int size) => SdkThread.Run(() =>
    {
        byte[] digest = [.. Enumerable.Range(1, size).Select(i => (byte)i)], signature = new byte[132];
        using TransientObject pair = TransientObject.Allocate(ObjectType.EcdsaKeyPair, bits);
        pair.GenerateKey(bits, new AttributeList { { AttributeId.EccCurve, curve } });
        using AsymmetricOperation signing = AsymmetricOperation.Allocate(algorithm, OperationMode.Sign, bits), verifying = AsymmetricOperation.Allocate(algorithm, OperationMode.Verify, bits);
        signing.SetKey(pair);
        verifying.SetKey(pair);

        int length = signing.SignDigest(digest, signature);

        Assert.True(verifying.VerifyDigest(digest, signature.AsSpan(0, length)));
        digest[0] ^= 1;
        Assert.False(verifying.VerifyDigest(digest, signature.AsSpan(0, length)));
    });
}
