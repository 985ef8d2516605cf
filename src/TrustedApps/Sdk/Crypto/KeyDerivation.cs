namespace RestrictedTee.Sdk;

/// <summary>
/// Derivation of a secret, from another one or from a private key and somebody's public one (GPD_SPE_010 section 6.8). The secret comes into
/// an empty object of type GenericSecret; of SM2's key exchange it has as many bytes as that object's largest size is a number.
/// </summary>
public sealed class KeyDerivation : CryptoOperation
{
    private KeyDerivation(TeeAlgorithm algorithm, int maxKeySize, OperationHandles handles)
        : base(algorithm, OperationMode.Derive, maxKeySize, KeyUsage.Derive, handles)
    {
    }

    /// <summary>TEE_AllocateOperation, with TEE_MODE_DERIVE.</summary>
    /// <param name="algorithm">A derivation.</param>
    /// <param name="maxKeySize">The largest key that it is to take, in bits; where it takes two, of both together.</param>
    /// <exception cref="TeeException">NotSupported: no such derivation or size; OutOfMemory.</exception>
    public static KeyDerivation Allocate(TeeAlgorithm algorithm, int maxKeySize)
    {
        if (AlgorithmNumber.ClassOf(algorithm) != OperationClass.KeyDerivation)
            throw new TeeException(TeeResult.NotSupported, TeeOrigin.Tee);
        return new KeyDerivation(algorithm, maxKeySize, AllocateKeyed(algorithm, OperationMode.Derive, maxKeySize));
    }

    /// <summary>
    /// TEE_DeriveKey. Panics without a key, when the object is not an empty GenericSecret, and, as GlobalPlatform has it, for parameters that
    /// nothing comes of: see <see cref="TryDeriveKey"/>.
    /// </summary>
    public void DeriveKey(AttributeList parameters, TransientObject derived) => Require(TryDeriveKey(parameters, derived));

    /// <summary>
    /// As <see cref="DeriveKey"/>, for parameters that come from somebody else: a public key that is on no curve, or that leads to a secret
    /// anybody knows, is his doing and no reason to panic.
    /// </summary>
    /// <returns>Success; BadParameters, and nothing is derived.</returns>
    public TeeResult TryDeriveKey(AttributeList parameters, TransientObject derived)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(derived);
        Require(Is(HandleState.KeySet));
        TeeObjectInfo info = derived.Info;
        Require(info.Type == ObjectType.GenericSecret && (info.State & HandleState.Initialized) == 0);
        TeeResult result = Utee.CrypDeriveKey(Handle, parameters.Encoded, derived.Handle);
        if (result != TeeResult.BadParameters)
            Require(result);
        return result;
    }

    /// <summary>TEE_CopyOperation: the key of another one. Panics unless that is for the same algorithm.</summary>
    public void CopyFrom(KeyDerivation source)
    {
        ArgumentNullException.ThrowIfNull(source);
        base.CopyFrom(source);
    }

    private protected override void Restart()
    {
        // Nothing has begun.
    }
}
