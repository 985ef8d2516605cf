using RestrictedTee.Sdk;

namespace RestrictedTee.Tests.SystemCalls.Errors;

/// <summary>What the rows begin with: keys, and operations that have them.</summary>
internal static class Given
{
    internal const int Block = 16;

    /// <summary>A secret of bytes that are all different.</summary>
    internal static TransientObject Secret(ObjectType type = ObjectType.Aes, int bytes = Block)
    {
        TransientObject key = TransientObject.Allocate(type, bytes * 8);
        key.Populate(AttributeId.SecretValue, [.. Enumerable.Range(1, bytes).Select(i => (byte)i)]);
        return key;
    }

    internal static TransientObject Pair(ObjectType type = ObjectType.EcdsaKeyPair)
    {
        TransientObject key = TransientObject.Allocate(type, 256);
        key.GenerateKey(256, new AttributeList { { AttributeId.EccCurve, EccCurve.NistP256 } });
        return key;
    }

    internal static TransientObject Rsa()
    {
        TransientObject key = TransientObject.Allocate(ObjectType.RsaKeyPair, 1024);
        key.GenerateKey(1024);
        return key;
    }

    /// <summary>An object that has been given back.</summary>
    internal static TransientObject Stale()
    {
        TransientObject key = Secret();
        key.Dispose();
        return key;
    }

    internal static CipherOperation Cipher(TeeAlgorithm algorithm = TeeAlgorithm.AesCbcNoPad, bool begun = true)
    {
        CipherOperation operation = CipherOperation.Allocate(algorithm, OperationMode.Encrypt, Block * 8);
        operation.SetKey(Secret());
        if (begun)
            operation.Init(new byte[Block]);
        return operation;
    }

    internal static MacOperation Mac(TeeAlgorithm algorithm = TeeAlgorithm.AesCmac, bool begun = true)
    {
        MacOperation operation = MacOperation.Allocate(algorithm, Block * 8);
        operation.SetKey(Secret());
        if (begun)
            operation.Init();
        return operation;
    }

    internal static AeOperation Ae(TeeAlgorithm algorithm = TeeAlgorithm.AesGcm, OperationMode mode = OperationMode.Encrypt, bool begun = true, int aad = 0, int payload = 0)
    {
        AeOperation operation = AeOperation.Allocate(algorithm, mode, Block * 8);
        operation.SetKey(Secret());
        if (begun)
            operation.Init(new byte[12], 128, aad, payload);
        return operation;
    }

    internal static AsymmetricOperation Asymmetric(TeeAlgorithm algorithm, OperationMode mode, TransientObject key)
    {
        AsymmetricOperation operation = AsymmetricOperation.Allocate(algorithm, mode, key.Info.MaxSize);
        operation.SetKey(key);
        return operation;
    }

    internal static AsymmetricOperation Signer() => Asymmetric(TeeAlgorithm.EcdsaSha256, OperationMode.Sign, Pair());

    internal static AsymmetricOperation Verifier() => Asymmetric(TeeAlgorithm.EcdsaSha256, OperationMode.Verify, Pair());

    internal static KeyDerivation Agreement()
    {
        KeyDerivation operation = KeyDerivation.Allocate(TeeAlgorithm.EcdhDeriveSharedSecret, 256);
        operation.SetKey(Pair(ObjectType.EcdhKeyPair));
        return operation;
    }

    internal static T Disposed<T>(T operation)
        where T : IDisposable
    {
        operation.Dispose();
        return operation;
    }

    internal static BigInt Number(int value, int size = 64)
    {
        var number = new BigInt(size);
        number.ConvertFromS32(value);
        return number;
    }

    internal static BigInt Largest(int size) => new(size, (System.Numerics.BigInteger.One << size) - 1);
}
