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
    private readonly TeeSession _reader;
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
        _reader = tee.OpenSession(ContentReader.Uuid);
    }

    /// <summary>The restricted buffer that the last piece is still in.</summary>
    internal SharedMemory Restricted => _restricted;

    internal DmaBufHandle Handle => _handle;

    internal TeeSession Decryptor => _decryptor;

    /// <summary>What the reader tells of the content.</summary>
    internal sealed record Result(byte[] Digest, ulong[] Histogram, long Bytes);

    /// <exception cref="TeecException">The TEE refused; BAD_PARAMETERS for CBC content whose length or padding is wrong.</exception>
    internal Result Play(Stream content, ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> iv, uint mode, Action<long>? progress = null)
    {
        _decryptor.Invoke(ContentDecryptor.CommandInstallKey, new Operation(Parameter.ValueInput(mode), Parameter.TempInput(key), Parameter.TempInput(iv)));
        _reader.Invoke(ContentReader.CommandReset);
        var decrypt = new Operation(default, default, default);
        var update = new Operation(default(Parameter));
        long total = 0;
        int length = content.ReadAtLeast(_ciphertext.Span[.._piece], _piece, throwOnEndOfStream: false);
        byte[] ahead = new byte[_piece];
        while (length > 0)
        {
            // One piece is read ahead, because the last one must be known as such: CBC takes its padding off.
            int next = length < _piece ? 0 : content.ReadAtLeast(ahead, _piece, throwOnEndOfStream: false);
            decrypt[0] = Parameter.Partial(_ciphertext, Direction.Input, 0, length);
            decrypt[1] = Parameter.ValueInput(next == 0 ? 1u : 0u);
            decrypt[2] = Parameter.Partial(_restricted, Direction.Output, 0, length);
            _decryptor.Invoke(ContentDecryptor.CommandDecrypt, decrypt);
            int plain = decrypt[2].Size;
            if (plain > 0)
            {
                update[0] = Parameter.Partial(_restricted, Direction.Input, 0, plain);
                _reader.Invoke(ContentReader.CommandUpdate, update);
            }

            total += plain;
            progress?.Invoke(total);
            ahead.AsSpan(0, next).CopyTo(_ciphertext.Span);
            length = next;
        }

        byte[] digest = new byte[ContentReader.DigestSize];
        byte[] histogram = new byte[ContentReader.HistogramSize];
        _reader.Invoke(ContentReader.CommandFinish, new Operation(Parameter.TempOutput(digest), Parameter.TempOutput(histogram)));
        ulong[] counts = [.. Enumerable.Range(0, 256).Select(i => BitConverter.ToUInt64(histogram, i * sizeof(ulong)))];
        return new Result(digest, counts, total);
    }

    public void Dispose()
    {
        _decryptor.Dispose();
        _reader.Dispose();
        _restricted.Dispose();
        _ciphertext.Dispose();
        _handle.Dispose();
    }
}
