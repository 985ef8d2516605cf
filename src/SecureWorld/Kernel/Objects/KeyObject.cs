using System.Security.Cryptography;
using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Crypto;
using RestrictedTee.SecureWorld.ProtectedMemory;

namespace RestrictedTee.SecureWorld.Kernel.Objects;

/// <summary>A transient object; its attributes lie in secure RAM (struct tee_obj in core/include/tee/tee_obj.h upstream).</summary>
/// <param name="row">What it is.</param>
/// <param name="maxSize">The largest size that it takes, in bits.</param>
/// <param name="memory">Room for its attributes, as the row says; the object's from now on.</param>
internal sealed class KeyObject(ObjectTypeRow row, int maxSize, SecureBlock memory) : KernelObject
{
    private readonly int[] _sizes = [.. Enumerable.Repeat(-1, row.Attributes.Count)];
    private KeyUsage _usage = KeyUsage.All;
    private bool _isInitialized;
    private int _size; // in bits

    internal ObjectTypeRow Row => row;

    internal ObjectType Type => row.Type;

    /// <summary>Whether it is an operation's, which alone may use it; nobody is given it twice, and its handle ends with the operation.</summary>
    internal CryptoState? Owner { get; set; }

    internal TeeObjectInfo Info
    {
        get
        {
            using Lock.Scope held = Enter();
            return new TeeObjectInfo(row.Type, _size, maxSize, _usage, _isInitialized ? HandleState.Initialized : HandleState.None);
        }
    }

    /// <summary>Copies the attributes, once.</summary>
    /// <returns>As upstream: BadParameters for values that are of no key; BadState and ItemNotFound for defects of the caller.</returns>
    internal TeeResult Populate(ReadOnlySpan<byte> attributes)
    {
        using Lock.Scope held = Enter();
        if (_isInitialized)
            return TeeResult.BadState;
        TeeResult result = AttributeRules.Check(row, attributes, AttributeUse.Required, AttributeUse.Together);
        if (result == TeeResult.Success)
            result = AttributeRules.Fill(Material, attributes, maxSize, out _size);
        if (result == TeeResult.Success && KeyProviders.For(row, _size) is { } provider && !provider.Check(Material))
            result = TeeResult.BadParameters;
        _isInitialized = result == TeeResult.Success;
        if (!_isInitialized)
            Clear();
        return result;
    }

    internal TeeResult Generate(int size, ReadOnlySpan<byte> parameters)
    {
        using Lock.Scope held = Enter();
        if (_isInitialized)
            return TeeResult.BadState;
        if (size > maxSize || !row.HasSize(size))
            return TeeResult.NotSupported;
        TeeResult result = AttributeRules.Check(row, parameters, AttributeUse.MustGenerate, AttributeUse.MayGenerate);
        if (result == TeeResult.Success)
            result = AttributeRules.Fill(Material, parameters, maxSize, out _);
        if (result == TeeResult.Success)
            result = Make(size);
        (_isInitialized, _size) = (result == TeeResult.Success, size);
        if (!_isInitialized)
            Clear();
        return result;
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
        if (!_isInitialized || (!AttributeReader.IsPublic(attribute) && !_usage.HasFlag(KeyUsage.Extractable)))
            return TeeResult.BadParameters;
        if (!Material.Has(attribute))
            return TeeResult.ItemNotFound;
        ReadOnlySpan<byte> content = Material[attribute];
        size = content.Length;
        return content.TryCopyTo(value) ? TeeResult.Success : TeeResult.ShortBuffer;
    }

    /// <summary>Takes over attributes and usage of one of the same type, or what is public of a pair.</summary>
    internal TeeResult CopyFrom(KeyObject source)
    {
        if (source == this || (source.Type != Type && source.Row.PublicType != Type))
            return TeeResult.BadParameters;
        using Lock.Scope first = FirstOf(this, source).Enter();
        using Lock.Scope second = LastOf(this, source).Enter();
        if (!source._isInitialized || _isInitialized || source._size > maxSize)
            return TeeResult.BadParameters;
        for (int i = 0; i < row.Attributes.Count; i++)
        {
            if (source.Material.Has(row.Attributes[i].Id) && !Material.Set(row.Attributes[i].Id, source.Material[row.Attributes[i].Id]))
                return TeeResult.BadParameters;
        }

        (_size, _usage, _isInitialized) = (source._size, source._usage, true);
        return TeeResult.Success;
    }

    /// <summary>Takes over a secret that was derived.</summary>
    /// <param name="parameters">What <paramref name="derive"/> is given.</param>
    /// <param name="derive">Writes it, and says how many bytes it has.</param>
    internal TeeResult Derive(ReadOnlySpan<byte> parameters, Derivation derive)
    {
        using Lock.Scope held = Enter();
        if (_isInitialized)
            return TeeResult.BadState;
        if (!row.IsSecret)
            return TeeResult.NotSupported;
        TeeResult result = derive(new AttributeReader(parameters), memory.Span, maxSize, out int size);
        _isInitialized = result == TeeResult.Success;
        if (!_isInitialized)
        {
            Clear();
            return result;
        }

        (_sizes[0], _size) = (size, size * 8);
        return TeeResult.Success;
    }

    internal void Reset()
    {
        using Lock.Scope held = Enter();
        Clear();
        (_usage, _isInitialized) = (KeyUsage.All, false);
    }

    /// <summary>Lends the key. What is lent is given back by <see cref="Loan.Dispose"/>.</summary>
    internal Loan Lend() => new(Enter(), Material, _isInitialized, _size);

    protected override void End() => memory.Dispose();

    private KeyMaterial Material => new(row, maxSize, memory.Span, _sizes);

    private TeeResult Make(int size)
    {
        if (row.IsSecret)
        {
            int bytes = row.BytesOf(size);
            RandomNumberGenerator.Fill(memory.Span[..bytes]);
            _sizes[0] = bytes;
            return TeeResult.Success;
        }

        return KeyProviders.For(row, size)?.Generate is { } generate ? generate(Material, size) : TeeResult.NotSupported;
    }

    private void Clear()
    {
        Material.Clear();
        _size = 0;
    }

    /// <summary>A key in use.</summary>
    internal ref struct Loan(Lock.Scope scope, KeyMaterial key, bool isKey, int bits)
    {
        private Lock.Scope _scope = scope;

        /// <summary>Whether there is one.</summary>
        internal bool IsKey { get; } = isKey;

        internal KeyMaterial Key { get; } = key;

        /// <summary>Its size, in bits.</summary>
        internal int Bits { get; } = bits;

        /// <summary>A key that is a secret; empty when there is none.</summary>
        internal readonly ReadOnlySpan<byte> Secret => IsKey ? Key.Secret : [];

        public void Dispose() => _scope.Dispose();
    }
}

/// <summary>Derives a secret into room for it. The object's largest size is a number that one algorithm looks at.</summary>
internal delegate TeeResult Derivation(AttributeReader parameters, Span<byte> secret, int maxSize, out int size);
