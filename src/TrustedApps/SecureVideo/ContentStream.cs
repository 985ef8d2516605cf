using RestrictedTee.Contracts;
using RestrictedTee.Sdk;

namespace RestrictedTee.TrustedApps.SecureVideo;

/// <summary>
/// One stream of content: the operation that decrypts it, how far it has got, and the reader that it is shown to. The operation, and
/// with it the key, lives from <see cref="Install"/> until the last byte is written or anything fails on the way.
/// </summary>
internal sealed class ContentStream : IDisposable
{
    private const int BlockSize = 16;

    private CipherOperation? _cipher;
    private TaClientSession? _reader; // open while the digest of what is written may be told
    private uint _mode;
    private ulong _length; // of plaintext, as declared
    private ulong _position; // bytes of ciphertext done

    internal bool HasKey => _cipher is not null;

    /// <summary>Whether the display controller is who the content is for.</summary>
    internal bool IsForTheScreen { get; private set; }

    /// <summary>Whether the whole content was written and shown, and its digest is still to be told.</summary>
    internal bool HasDigest => !HasKey && _reader is not null;

    /// <summary>Starts over. A reader's session is one content, so nothing of an earlier one is in what this one tells.</summary>
    internal void Install(uint mode, ReadOnlySpan<byte> key, ReadOnlySpan<byte> iv, ulong length, uint flags)
    {
        Dispose();
        _cipher = Begin(mode == ContentDecryptor.ModeCtr ? TeeAlgorithm.AesCtr : TeeAlgorithm.AesCbcNoPad, key, iv);
        (_mode, _length, _position, IsForTheScreen) = (mode, length, 0, flags == ContentDecryptor.FlagScanOut);
        try
        {
            if (flags == ContentDecryptor.FlagShow)
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
        if (size == 0 || (_mode == ContentDecryptor.ModeCbc && size % BlockSize != 0))
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
            // The normal world can change the ciphertext meanwhile. What it gets by that is the plaintext of another ciphertext, which
            // it could as well have sent; nothing but lengths decides anything here.
            _cipher!.Update(ciphertext, plaintext);
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

    private static CipherOperation Begin(TeeAlgorithm algorithm, ReadOnlySpan<byte> key, ReadOnlySpan<byte> iv)
    {
        using TransientObject secret = TransientObject.Allocate(ObjectType.Aes, ContentDecryptor.KeySize * 8);
        secret.Populate(AttributeId.SecretValue, key);
        CipherOperation cipher = CipherOperation.Allocate(algorithm, OperationMode.Decrypt, ContentDecryptor.KeySize * 8);
        cipher.SetKey(secret);
        cipher.Init(iv);
        return cipher;
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
        _cipher?.Dispose();
        _cipher = null;
    }
}
