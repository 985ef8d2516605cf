using RestrictedTee.Sdk;

namespace RestrictedTee.SecureWorld.Crypto;

/// <summary>An engine with a key that it takes once, and forgets when told. One thread at a time.</summary>
internal abstract class KeyedEngine : IDisposable
{
    /// <summary>Takes the key.</summary>
    /// <returns>Whether it is one.</returns>
    internal abstract bool SetKey(KeyMaterial key);

    internal abstract void Forget();

    public virtual void Dispose() => Forget();
}

/// <summary>Signatures of a library.</summary>
internal abstract class SignatureEngine : KeyedEngine
{
    /// <summary>The most bytes that a signature has.</summary>
    internal abstract int SignatureSize { get; }

    /// <returns>BadParameters for what cannot be signed.</returns>
    internal abstract TeeResult Sign(AttributeReader parameters, ReadOnlySpan<byte> digest, Span<byte> signature, out int size);

    /// <returns>SignatureInvalid, whatever is the matter with the signature.</returns>
    internal abstract TeeResult Verify(AttributeReader parameters, ReadOnlySpan<byte> digest, ReadOnlySpan<byte> signature);
}

/// <summary>Encryption for a public key, of a library.</summary>
internal abstract class AsymmetricCipherEngine : KeyedEngine
{
    /// <summary>The most bytes that come of so many.</summary>
    internal abstract int MaxSizeOf(int source, OperationMode mode);

    /// <returns>BadParameters for what is too long, or parameters that are none.</returns>
    internal abstract TeeResult Encrypt(AttributeReader parameters, ReadOnlySpan<byte> source, Span<byte> destination, out int size);

    /// <returns>CiphertextInvalid, whatever is the matter with it; BadParameters for parameters that are none.</returns>
    internal abstract TeeResult Decrypt(AttributeReader parameters, ReadOnlySpan<byte> source, Span<byte> destination, out int size);
}

/// <summary>Derivation of a secret, of a library.</summary>
internal abstract class DerivationEngine : KeyedEngine
{
    /// <summary>Takes a second key, where the algorithm has one.</summary>
    internal virtual bool SetSecondKey(KeyMaterial key) => false;

    /// <summary>Writes the secret.</summary>
    /// <returns>BadParameters for parameters that nothing is to be had from, or too little room.</returns>
    internal abstract TeeResult Derive(AttributeReader parameters, Span<byte> secret, out int size);
}
