using RestrictedTee.Contracts;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.DmaBuf;
using RestrictedTee.NormalWorld.Heaps;
using RestrictedTee.NormalWorld.Uapi;

namespace RestrictedTee.CommandLine.Play;

/// <summary>
/// Plays an encrypted file the way a protected video path would: ciphertext in, plaintext in restricted buffers, a digest out.
/// Files larger than the pool stream through it.
/// </summary>
internal sealed class SecurePlayer : IDisposable
{
    private const int LargestPiece = 1 << 20;
    private const int Block = 16;

    private readonly TeeSession _decryptor;
    private readonly DmaBufHandle _handle;
    private readonly SharedMemory _restricted;
    private readonly SharedMemory _ciphertext;
    private readonly int _piece;

    /// <exception cref="TeeDriverException">There is no such heap, or no room in it.</exception>
    internal SecurePlayer(TeeContext tee, string heapName)
    {
        string plainName = heapName.StartsWith("/dev/dma_heap/", StringComparison.Ordinal) ? heapName["/dev/dma_heap/".Length..] : heapName;
        HeapInfo heap = tee.Heaps.FirstOrDefault(h => h.Name == plainName)
            ?? throw new TeeDriverException(Errno.ENOENT, $"There is no heap '{heapName}'; there are {string.Join(", ", tee.Heaps.Select(h => h.Name))}.");
        _piece = (int)Math.Min(LargestPiece, heap.LargestFree) / Block * Block;
        if (_piece == 0)
            throw new TeeDriverException(Errno.ENOMEM, $"Heap '{heapName}' has no room.");
        _handle = tee.AllocateRestricted(plainName, _piece);
        _restricted = tee.RegisterSharedMemory(_handle);
        _ciphertext = tee.AllocateSharedMemory(_piece, Direction.Input);
        _decryptor = tee.OpenSession(ContentDecryptor.Uuid);
    }

    /// <summary>The restricted buffer that the last piece is still in.</summary>
    internal SharedMemory Restricted => _restricted;

    internal DmaBufHandle Handle => _handle;

    internal TeeSession Decryptor => _decryptor;

    /// <summary>What the decryptor tells of the content.</summary>
    internal sealed record Result(byte[] Digest, long Bytes);

    /// <exception cref="InvalidDataException">CBC content whose length or padding is wrong.</exception>
    /// <exception cref="TeecException">The TEE refused.</exception>
    internal Result Play(Stream content, ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> iv, uint mode, Action<long>? progress = null)
    {
        ulong declared = (ulong)ContentLength.Of(content, key.Span, iv.Span, mode);
        _decryptor.Invoke(ContentDecryptor.CommandInstallKey, KeyOf(mode, key, iv, declared));
        var decrypt = new Operation(default, default);
        long total = 0;
        while (content.ReadAtLeast(_ciphertext.Span[.._piece], _piece, throwOnEndOfStream: false) is var length and > 0)
        {
            decrypt[0] = Parameter.Partial(_ciphertext, Direction.Input, 0, length);
            decrypt[1] = Parameter.Partial(_restricted, Direction.Output, 0, length);
            _decryptor.Invoke(ContentDecryptor.CommandDecrypt, decrypt);
            total += decrypt[1].Size;
            progress?.Invoke(total);
        }

        byte[] digest = new byte[ContentReader.DigestSize];
        _decryptor.Invoke(ContentDecryptor.CommandDigest, new Operation(Parameter.TempOutput(digest)));
        return new Result(digest, total);
    }

    /// <summary>What installs a key for content that is to be shown.</summary>
    internal static Operation KeyOf(uint mode, ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> iv, ulong length) => new(
        Parameter.ValueInput(mode, ContentDecryptor.FlagShow),
        Parameter.TempInput(key),
        Parameter.TempInput(iv),
        Parameter.ValueInput((uint)(length >> 32), unchecked((uint)length)));

    public void Dispose()
    {
        _decryptor.Dispose();
        _restricted.Dispose();
        _ciphertext.Dispose();
        _handle.Dispose();
    }
}
