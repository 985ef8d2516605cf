using System.Security.Cryptography;
using RestrictedTee.Contracts;
using RestrictedTee.Sdk;

namespace RestrictedTee.TrustedApps.SecureVideo;

/// <summary>
/// One stream of content: its key, how far it has got, and the reader that it is shown to. Key and IV lie in secure RAM, from
/// <see cref="Install"/> until the last byte is written or anything fails on the way.
/// </summary>
internal sealed class ContentStream : IDisposable
{
    private SecureMemory? _secret; // key, then the IV or the last block of ciphertext
    private TaClientSession? _reader; // open while the digest of what is written may be told
    private uint _mode;
    private ulong _length; // of plaintext, as declared
    private ulong _position; // bytes of ciphertext done

    internal bool HasKey => _secret is not null;

    /// <summary>Whether the whole content was written and shown, and its digest is still to be told.</summary>
    internal bool HasDigest => !HasKey && _reader is not null;

    /// <summary>Starts over. A reader's session is one content, so nothing of an earlier one is in what this one tells.</summary>
    internal void Install(uint mode, ReadOnlySpan<byte> key, ReadOnlySpan<byte> iv, ulong length, bool show)
    {
        Dispose();
        _secret = SecureMemory.Allocate(2 * ContentDecryptor.KeySize);
        key.CopyTo(Key);
        iv.CopyTo(Iv);
        (_mode, _length, _position) = (mode, length, 0);
        try
        {
            if (show)
                _reader = TaClientSession.Open(ContentReader.Uuid);
        }
        catch (TeeException)
        {
            Dispose(); // with a key and no reader it would be a stream that is not shown
            throw;
        }

        WipeKeyAtTheEnd();
    }

    /// <summary>Whether a piece of so many bytes of ciphertext may come next. Nothing but lengths decides.</summary>
    internal TeeResult Admit(int size)
    {
        if (size == 0 || (_mode == ContentDecryptor.ModeCbc && size % AesCtr.BlockSize != 0))
            return TeeResult.BadParameters;
        return (ulong)size > CiphertextLength - _position ? TeeResult.ExcessData : TeeResult.Success;
    }

    /// <summary>Decrypts an admitted piece and shows it to the reader, or ends the stream: a piece is never tried twice.</summary>
    /// <returns>Bytes of plaintext.</returns>
    internal int Decrypt(ReadOnlySpan<byte> ciphertext, Span<byte> plaintext)
    {
        bool done = false;
        try
        {
            Transform(ciphertext, plaintext);
            int size = (int)Math.Min((ulong)plaintext.Length, _length - Math.Min(_position, _length));
            plaintext[size..].Clear(); // CBC's padding, unread
            _position += (ulong)ciphertext.Length;
            Show(plaintext[..size]);
            WipeKeyAtTheEnd();
            done = true;
            return size;
        }
        finally
        {
            if (!done)
                Dispose();
        }
    }

    /// <summary>Lets the reader tell its digest, and that was it.</summary>
    internal void TellDigest(Span<byte> digest)
    {
        var operation = new TaOperation { P0 = TaParam.Output(digest) };
        try
        {
            _reader!.Invoke(ContentReader.CommandFinish, ref operation);
        }
        finally
        {
            Dispose();
        }
    }

    /// <summary>Forgets the key and the content.</summary>
    public void Dispose()
    {
        WipeKey();
        _reader?.Dispose();
        _reader = null;
    }

    private ulong CiphertextLength => ContentDecryptor.CiphertextLength(_mode, _length);

    private Span<byte> Key => _secret!.Span[..ContentDecryptor.KeySize];

    private Span<byte> Iv => _secret!.Span[ContentDecryptor.KeySize..];

    private void Transform(ReadOnlySpan<byte> ciphertext, Span<byte> plaintext)
    {
        // .NET's AES keeps a copy of its key on the managed heap; it lives for one call, and Dispose clears it.
        using var aes = Aes.Create();
        aes.SetKey(Key);
        if (_mode == ContentDecryptor.ModeCtr)
        {
            AesCtr.Transform(aes, Iv, _position, ciphertext, plaintext);
            return;
        }

        // The ciphertext lies in memory that the normal world can change meanwhile, so the block that the next piece
        // continues from is read once, before it is decrypted.
        Span<byte> next = stackalloc byte[AesCtr.BlockSize];
        ciphertext[^AesCtr.BlockSize..].CopyTo(next);
        aes.DecryptCbc(ciphertext, Iv, plaintext, PaddingMode.None);
        next.CopyTo(Iv);
    }

    private void Show(ReadOnlySpan<byte> plaintext)
    {
        if (_reader is null || plaintext.IsEmpty)
            return;
        var operation = new TaOperation { P0 = TaParam.Input(plaintext) };
        _reader.Invoke(ContentReader.CommandUpdate, ref operation);
    }

    private void WipeKeyAtTheEnd()
    {
        if (_position == CiphertextLength)
            WipeKey();
    }

    private void WipeKey()
    {
        _secret?.Dispose();
        _secret = null;
    }
}
