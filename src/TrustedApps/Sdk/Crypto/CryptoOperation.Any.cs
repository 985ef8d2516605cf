namespace RestrictedTee.Sdk;

/// <summary>For who learns only from somebody else what is to be computed.</summary>
public abstract partial class CryptoOperation
{
    /// <summary>TEE_AllocateOperation, of whatever class the algorithm is.</summary>
    /// <param name="algorithm">The algorithm.</param>
    /// <param name="mode">A mode of its class.</param>
    /// <param name="maxKeySize">The largest key that it is to take, in bits; where it takes two, of both together. A digest takes none.</param>
    /// <exception cref="TeeException">NotSupported: no such algorithm, mode or size; OutOfMemory.</exception>
    public static CryptoOperation AllocateAny(TeeAlgorithm algorithm, OperationMode mode, int maxKeySize) => (AlgorithmNumber.ClassOf(algorithm), mode) switch
    {
        (OperationClass.Digest, OperationMode.Digest) => DigestOperation.Allocate(algorithm),
        (OperationClass.Mac, OperationMode.Mac) => MacOperation.Allocate(algorithm, maxKeySize),
        (OperationClass.KeyDerivation, OperationMode.Derive) => KeyDerivation.Allocate(algorithm, maxKeySize),
        (OperationClass.Cipher, _) => CipherOperation.Allocate(algorithm, mode, maxKeySize),
        (OperationClass.AuthenticatedEncryption, _) => AeOperation.Allocate(algorithm, mode, maxKeySize),
        (OperationClass.AsymmetricSignature or OperationClass.AsymmetricCipher, _) => AsymmetricOperation.Allocate(algorithm, mode, maxKeySize),
        _ => throw new TeeException(TeeResult.NotSupported, TeeOrigin.Tee),
    };
}
