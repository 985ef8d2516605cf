using System.Security.Cryptography;
using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Crypto;

namespace RestrictedTee.SecureWorld.Kernel.Objects;

/// <summary>A signature operation.</summary>
internal sealed class SignatureState(SignatureAlgorithm algorithm, OperationMode mode, KeyObject key, SignatureEngine engine)
    : KeyedState<SignatureEngine>(algorithm.Id, mode, key, engine)
{
    private const int LargestSignature = 512; // RSA of 4096 bits

    internal TeeResult Sign(AttributeReader parameters, ReadOnlySpan<byte> digest, Span<byte> signature, out int size)
    {
        using Lock.Scope held = Enter();
        size = 0;
        if (Mode != OperationMode.Sign)
            return TeeResult.BadParameters;
        TeeResult result = TakeKey();
        if (result != TeeResult.Success)
            return result;
        size = Engine.SignatureSize;
        if (signature.Length < size)
            return TeeResult.ShortBuffer;
        using var message = new InputCopy(digest);
        return Engine.Sign(parameters, message.Bytes, signature[..size], out size);
    }

    internal TeeResult Verify(AttributeReader parameters, ReadOnlySpan<byte> digest, ReadOnlySpan<byte> signature)
    {
        using Lock.Scope held = Enter();
        if (Mode != OperationMode.Verify)
            return TeeResult.BadParameters;
        TeeResult result = TakeKey();
        if (result != TeeResult.Success)
            return result;
        if (signature.Length > LargestSignature)
            return TeeResult.SignatureInvalid;
        using InputCopy message = new(digest), given = new(signature);
        return Engine.Verify(parameters, message.Bytes, given.Bytes);
    }
}

/// <summary>Encryption for a public key, or decryption.</summary>
internal sealed class AsymmetricCipherState(AsymmetricCipherAlgorithm algorithm, OperationMode mode, KeyObject key, AsymmetricCipherEngine engine)
    : KeyedState<AsymmetricCipherEngine>(algorithm.Id, mode, key, engine)
{
    private const int MaxOnStack = 1024;

    /// <summary>What comes of a decryption may be shorter than the most that can, so it is looked at before it is told.</summary>
    internal TeeResult Operate(AttributeReader parameters, ReadOnlySpan<byte> source, Span<byte> destination, out int size)
    {
        using Lock.Scope held = Enter();
        size = 0;
        TeeResult result = TakeKey();
        if (result != TeeResult.Success)
            return result;
        if (source.Length > ushort.MaxValue)
            return Mode == OperationMode.Encrypt ? TeeResult.BadParameters : TeeResult.CiphertextInvalid;
        using var given = new InputCopy(source);
        int room = Engine.MaxSizeOf(source.Length, Mode);
        Span<byte> whole = room <= MaxOnStack ? stackalloc byte[MaxOnStack] : GC.AllocateArray<byte>(room, pinned: true);
        try
        {
            result = Mode == OperationMode.Encrypt
                ? Engine.Encrypt(parameters, given.Bytes, whole[..room], out size)
                : Engine.Decrypt(parameters, given.Bytes, whole[..room], out size);
            if (result == TeeResult.Success && !whole[..size].TryCopyTo(destination))
                result = TeeResult.ShortBuffer;
            return result;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(whole);
        }
    }
}

/// <summary>Derivation of a secret.</summary>
/// <param name="algorithm">Its row.</param>
/// <param name="key">Its key, which is its own.</param>
/// <param name="key2">Its second key, likewise; null where it has one only.</param>
/// <param name="engine">The library's part, which is its own.</param>
internal sealed class DerivationState(DerivationAlgorithm algorithm, KeyObject key, KeyObject? key2, DerivationEngine engine)
    : KeyedState<DerivationEngine>(algorithm.Id, OperationMode.Derive, key, engine)
{
    internal TeeResult Derive(ReadOnlySpan<byte> parameters, KeyObject derived)
    {
        using Lock.Scope held = Enter();
        TeeResult result = TakeKey();
        if (result != TeeResult.Success)
            return result;
        bool isSized = algorithm.IsSizedByObject;
        return derived.Derive(parameters, (reader, secret, maxSize, out size) => Engine.Derive(reader, isSized && maxSize < secret.Length ? secret[..maxSize] : secret, out size));
    }

    protected override void End()
    {
        base.End();
        key2?.Dispose();
    }

    private protected override bool TakeSecondKey()
    {
        if (key2 is null)
            return true;
        using KeyObject.Loan loan = key2.Lend();
        return loan.IsKey && Engine.SetSecondKey(loan.Key);
    }
}
