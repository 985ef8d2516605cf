namespace RestrictedTee.SecureWorld.Crypto.Modes;

/// <summary>Galois counter mode of a library that takes no long nonces, and block by block with those. SP 800-38D and upstream have no such bound.</summary>
internal sealed class GcmOfAnyNonce : AeEngine
{
    private const int LongestOfLibrary = 128; // bytes (GCM_IV_MAX_SIZE of OpenSSL)

    private readonly AeEngine _whole;
    private readonly AeEngine _blockwise;
    private AeEngine _used;

    private GcmOfAnyNonce(AeEngine whole, AeEngine blockwise) => (_whole, _blockwise, _used) = (whole, blockwise, whole);

    /// <param name="whole">The library's mode.</param>
    /// <param name="blockwise">One over its cipher, block by block.</param>
    internal static Provider<AeEngine> Of(Provider<AeEngine> whole, Provider<AeEngine> blockwise) =>
        new(whole.Name, () => whole.IsAvailable() && blockwise.IsAvailable(), mode => new GcmOfAnyNonce(whole.Create(mode), blockwise.Create(mode)));

    public override void Dispose()
    {
        _whole.Dispose();
        _blockwise.Dispose();
    }

    internal override void Begin(ReadOnlySpan<byte> key, ReadOnlySpan<byte> nonce, AeSizes sizes)
    {
        AeEngine used = nonce.Length > LongestOfLibrary ? _blockwise : _whole;
        if (used != _used)
            _used.Forget();
        _used = used;
        _used.Begin(key, nonce, sizes);
    }

    internal override void UpdateAad(ReadOnlySpan<byte> data) => _used.UpdateAad(data);

    internal override void Update(ReadOnlySpan<byte> source, Span<byte> destination) => _used.Update(source, destination);

    internal override void Finish(Span<byte> tag) => _used.Finish(tag);

    internal override bool Verify(ReadOnlySpan<byte> tag) => _used.Verify(tag);

    internal override void CopyFrom(AeEngine source)
    {
        var other = (GcmOfAnyNonce)source;
        Forget();
        _used = other._used == other._whole ? _whole : _blockwise;
        _used.CopyFrom(other._used);
    }

    internal override void Forget() => _used.Forget();
}
