using RestrictedTee.Sdk;
using RestrictedTee.Tests.SystemCalls.Errors;

namespace RestrictedTee.Tests.Crypto;

/// <summary>What operations tell of themselves (GPD_SPE_010 sections 6.2.3 and 6.2.4), and the states that this is about.</summary>
public sealed class OperationInfoTests
{
    [Fact]
    public void An_operation_tells_of_its_keys_and_how_far_it_is() => SdkThread.Run(() =>
    {
        using CipherOperation cipher = CipherOperation.Allocate(TeeAlgorithm.AesXts, OperationMode.Encrypt, 512);
        cipher.SetKeys(Given.Secret(bytes: 32), Given.Secret(bytes: 32));

        Assert.Equal([new TeeOperationKeyInfo(256, KeyUsage.Encrypt), new TeeOperationKeyInfo(256, KeyUsage.Encrypt)], cipher.Keys);
        Assert.Equal((512, 0, HandleState.KeySet | HandleState.ExpectTwoKeys), (cipher.Info.MaxKeySize, cipher.Info.KeySize, cipher.Info.State));
        Assert.Equal(OperationState.Initial, cipher.OperationState);
        cipher.Init(new byte[16]);
        Assert.Equal(OperationState.Active, cipher.OperationState);
        cipher.Reset();
        Assert.Equal((OperationState.Initial, HandleState.KeySet | HandleState.ExpectTwoKeys), (cipher.OperationState, cipher.Info.State));
        cipher.SetKeys(null, null);
        Assert.Equal([0, 0], cipher.Keys.Select(key => key.KeySize));
    });

    /// <summary>As upstream's library tells it (__tee_alg_get_digest_size in lib/libutee/include/utee_defines.h).</summary>
    [Theory]
    [InlineData(TeeAlgorithm.Sha384, OperationMode.Digest, 0, 48)]
    [InlineData(TeeAlgorithm.Shake128, OperationMode.Digest, 0, 0)]
    [InlineData(TeeAlgorithm.HmacSm3, OperationMode.Mac, 256, 32)]
    [InlineData(TeeAlgorithm.Des3Cmac, OperationMode.Mac, 128, 8)]
    [InlineData(TeeAlgorithm.DsaSha1, OperationMode.Sign, 1024, 20)]
    [InlineData(TeeAlgorithm.EcdsaSha256, OperationMode.Verify, 256, 32)]
    [InlineData((TeeAlgorithm)0x7000_5041, OperationMode.Sign, 521, 0)] // by its number of GP 1.1, which names a curve
    [InlineData(TeeAlgorithm.RsassaPkcs1Sha256, OperationMode.Sign, 1024, 0)]
    [InlineData(TeeAlgorithm.Sm2DsaSm3, OperationMode.Sign, 256, 0)]
    [InlineData(TeeAlgorithm.AesGcm, OperationMode.Encrypt, 128, 0)]
    public void An_operation_tells_the_size_of_its_digest(TeeAlgorithm algorithm, OperationMode mode, int bits, int size)
    {
        int told = -1;

        SdkThread.Run(() => told = CryptoOperation.AllocateAny(algorithm, mode, bits).Info.DigestLength);

        Assert.Equal(size, told);
    }

    /// <summary>TEE_AEInit and TEE_AEUpdateAAD leave an operation in its initial state; what makes it active is payload (GPD_SPE_010 section 6.6).</summary>
    [Theory]
    [InlineData(TeeAlgorithm.AesGcm)]
    [InlineData(TeeAlgorithm.AesCcm)]
    public void Authenticated_encryption_is_active_from_its_first_payload_on(TeeAlgorithm algorithm) => SdkThread.Run(() =>
    {
        using AeOperation ae = AeOperation.Allocate(algorithm, OperationMode.Encrypt, 256);
        ae.SetKey(Given.Secret(bytes: 32));

        ae.Init(new byte[12], 128, aadSize: 1, payloadSize: 1);
        ae.UpdateAad([1]);
        Assert.Equal((OperationState.Initial, HandleState.KeySet | HandleState.Initialized), (ae.OperationState, ae.Info.State));
        ae.Update([], []);
        Assert.Equal(OperationState.Initial, ae.OperationState);
        ae.Update([1], new byte[1]);
        Assert.Equal(OperationState.Active, ae.OperationState);
    });

    [Theory]
    [InlineData(TeeAlgorithm.AesGcm)]
    [InlineData(TeeAlgorithm.AesCcm)]
    public void Authenticated_encryption_begins_anew_until_there_is_payload(TeeAlgorithm algorithm) => SdkThread.Run(() =>
    {
        using AeOperation once = AeOperation.Allocate(algorithm, OperationMode.Encrypt, 256), twice = AeOperation.Allocate(algorithm, OperationMode.Encrypt, 256);
        byte[] wanted = new byte[16], seen = new byte[16], text = new byte[4];
        once.SetKey(Given.Secret(bytes: 32));
        once.Init(new byte[12], 128, aadSize: 2, payloadSize: 4);
        once.UpdateAad([1, 2]);
        once.EncryptFinal([1, 2, 3, 4], text, wanted);

        twice.SetKey(Given.Secret(bytes: 32));
        twice.Init([9, 9, 9, 9, 9, 9, 9], 96, aadSize: 1, payloadSize: 1);
        twice.UpdateAad([7]);
        twice.Init(new byte[12], 128, aadSize: 2, payloadSize: 4);
        twice.UpdateAad([1, 2]);
        twice.EncryptFinal([1, 2, 3, 4], text, seen);

        Assert.Equal(wanted, seen);
    });
}
