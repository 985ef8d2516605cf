using System.Security.Cryptography;

namespace RestrictedTee.SecureWorld.Crypto.Modes;

/// <summary>
/// XTS of a library that does not encrypt with one key twice (FIPS 140-2 implementation guidance A.9), nor with two of 192 bits, and block
/// by block then. GlobalPlatform and upstream allow both: what TEE_SetOperationKey2 refuses is one object twice.
/// </summary>
internal sealed class XtsOfAnyKeys : CipherEngine
{
    private const int UnlikelyKey = 24; // bytes: AES of 192 bits, which IEEE 1619 has no XTS of

    private readonly CipherEngine _whole;
    private readonly CipherEngine _blockwise;
    private CipherEngine _used;

    private XtsOfAnyKeys(CipherEngine whole, CipherEngine blockwise) => (_whole, _blockwise, _used) = (whole, blockwise, whole);

    /// <param name="whole">The library's XTS.</param>
    /// <param name="blockwise">One over its cipher, block by block.</param>
    internal static Provider<CipherEngine> Of(Provider<CipherEngine> whole, Provider<CipherEngine> blockwise) =>
        new(whole.Name, () => whole.IsAvailable() && blockwise.IsAvailable(), mode => new XtsOfAnyKeys(whole.Create(mode), blockwise.Create(mode)));

    public override void Dispose()
    {
        _whole.Dispose();
        _blockwise.Dispose();
    }

    internal override void Begin(ReadOnlySpan<byte> key, ReadOnlySpan<byte> iv)
    {
        Forget();
        int half = key.Length / 2;
        _used = half == UnlikelyKey || CryptographicOperations.FixedTimeEquals(key[..half], key[half..]) ? _blockwise : _whole;
        _used.Begin(key, iv);
    }

    internal override void Update(ReadOnlySpan<byte> source, Span<byte> destination) => _used.Update(source, destination);

    internal override void Finish(ReadOnlySpan<byte> source, Span<byte> destination) => _used.Finish(source, destination);

    internal override void CopyFrom(CipherEngine source)
    {
        var other = (XtsOfAnyKeys)source;
        Forget();
        _used = other._used == other._whole ? _whole : _blockwise;
        _used.CopyFrom(other._used);
    }

    internal override void Forget()
    {
        _whole.Forget();
        _blockwise.Forget();
    }
}
