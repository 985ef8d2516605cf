using System.Security.Cryptography;
using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Crypto.Algorithms;
using RestrictedTee.SecureWorld.ProtectedMemory;

namespace RestrictedTee.SecureWorld.Kernel.Objects;

/// <summary>A transient object with one secret value, which lies in secure RAM (struct tee_obj in core/include/tee/tee_obj.h upstream).</summary>
/// <param name="type">What it is.</param>
/// <param name="maxSize">The largest size that it takes, in bits.</param>
/// <param name="memory">As many bytes; the object's from now on.</param>
internal sealed class KeyObject(ObjectTypeRow type, int maxSize, SecureBlock memory) : KernelObject
{
    private KeyUsage _usage = KeyUsage.All;
    private int _size; // in bits; 0 without a value

    internal ObjectType Type => type.Type;

    /// <summary>Whether it is an operation's, which alone may use it; nobody is given it twice, and its handle ends with the operation.</summary>
    internal CryptoState? Owner { get; set; }

    internal TeeObjectInfo Info
    {
        get
        {
            using Lock.Scope held = Enter();
            return new TeeObjectInfo(type.Type, _size, maxSize, _usage, _size == 0 ? HandleState.None : HandleState.Initialized);
        }
    }

    /// <summary>Copies the secret, once, and looks at nothing but its length.</summary>
    internal TeeResult Populate(AttributeId attribute, ReadOnlySpan<byte> value)
    {
        using Lock.Scope held = Enter();
        if (_size != 0)
            return TeeResult.BadState;
        if (attribute != AttributeId.SecretValue)
            return TeeResult.ItemNotFound;
        if (value.Length > maxSize / 8 || !type.HasSize(value.Length * 8))
            return TeeResult.BadParameters;
        value.CopyTo(memory.Span);
        _size = value.Length * 8;
        return TeeResult.Success;
    }

    internal TeeResult Generate(int size)
    {
        using Lock.Scope held = Enter();
        if (_size != 0)
            return TeeResult.BadState;
        if (size > maxSize || !type.HasSize(size))
            return TeeResult.NotSupported;
        RandomNumberGenerator.Fill(memory.Span[..(size / 8)]);
        _size = size;
        return TeeResult.Success;
    }

    internal void RestrictUsage(KeyUsage usage)
    {
        using Lock.Scope held = Enter();
        _usage &= usage;
    }

    internal TeeResult Read(AttributeId attribute, Span<byte> value, out int size)
    {
        using Lock.Scope held = Enter();
        size = 0;
        if (_size == 0 || !_usage.HasFlag(KeyUsage.Extractable))
            return TeeResult.BadParameters;
        if (attribute != AttributeId.SecretValue)
            return TeeResult.ItemNotFound;
        size = _size / 8;
        return memory.Span[..size].TryCopyTo(value) ? TeeResult.Success : TeeResult.ShortBuffer;
    }

    /// <summary>Takes over value and usage. The two gates are held one after the other, with a copy on the stack in between.</summary>
    internal TeeResult CopyFrom(KeyObject source)
    {
        if (source.Type != Type)
            return TeeResult.BadParameters;
        Span<byte> value = stackalloc byte[source.MaxBytes]; // a key's worth: types are of at most a few hundred bytes
        try
        {
            int size;
            KeyUsage usage;
            using (source.Enter())
            {
                (size, usage) = (source._size, source._usage);
                source.Memory[..(size / 8)].CopyTo(value);
            }

            using Lock.Scope held = Enter();
            if (size == 0 || _size != 0 || size > maxSize)
                return TeeResult.BadParameters;
            value[..(size / 8)].CopyTo(memory.Span);
            (_size, _usage) = (size, usage);
            return TeeResult.Success;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(value);
        }
    }

    internal void Reset()
    {
        using Lock.Scope held = Enter();
        memory.Span.Clear();
        (_size, _usage) = (0, KeyUsage.All);
    }

    /// <summary>Lends the secret; empty when there is none. What is lent is given back by <see cref="Loan.Dispose"/>.</summary>
    internal Loan Lend() => new(Enter(), memory.Span[..(_size / 8)]);

    protected override void End() => memory.Dispose();

    private int MaxBytes => maxSize / 8;

    private Span<byte> Memory => memory.Span;

    /// <summary>A secret in use.</summary>
    internal ref struct Loan(Lock.Scope scope, ReadOnlySpan<byte> secret)
    {
        private Lock.Scope _scope = scope;

        internal ReadOnlySpan<byte> Secret { get; } = secret;

        public void Dispose() => _scope.Dispose();
    }
}
