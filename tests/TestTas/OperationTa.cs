using RestrictedTee.Sdk;

namespace RestrictedTee.TestTas;

/// <summary>Uses operations as their contract says, and as it forbids.</summary>
[TrustedApp("0b5d5c8e-1f0a-4b57-9c44-52f6d8a1e0d0")]
public sealed class OperationTa : TrustedApp
{
    private static readonly byte[] Block = new byte[16];

    /// <summary>What breaks the contract of the API, by number. Each panics, and none reaches its end.</summary>
    private static readonly Action<byte[]>[] Misuses =
    [
        _ => NewCipher(TeeAlgorithm.AesCtr).Update(Block, new byte[16]), // not begun
        _ => NewCipher(TeeAlgorithm.AesCtr).DoFinal(Block, new byte[16]),
        _ => Unkeyed(TeeAlgorithm.AesCtr).Init(Block), // no key
        _ => Unkeyed(TeeAlgorithm.AesCtr).Reset(),
        _ => NewCipher(TeeAlgorithm.AesCtr).Init(new byte[15]), // IV of a wrong size
        _ => NewCipher(TeeAlgorithm.AesEcbNoPad).Init(Block), // IV where there is none
        _ => Begun(TeeAlgorithm.AesCbcNoPad).DoFinal(new byte[15], new byte[32]), // no whole block
        _ => SetKeyOf(Begun(TeeAlgorithm.AesCtr), KeyUsage.All), // has begun
        _ => SetKeyOf(Unkeyed(TeeAlgorithm.AesCtr), KeyUsage.Decrypt), // may not encrypt
        _ => CipherOperation.Allocate(TeeAlgorithm.AesCtr, OperationMode.Encrypt, 128).SetKey(NewKey(256)), // too large
        _ => Unkeyed(TeeAlgorithm.AesCtr).SetKey(TransientObject.Allocate(ObjectType.Aes, 128)), // empty
        _ => NewKey(128).Populate(AttributeId.SecretValue, Block), // populated already
        _ => TransientObject.Allocate(ObjectType.Aes, 128).Populate((AttributeId)0xC000_0130, Block), // has no such attribute
        _ => TransientObject.Allocate(ObjectType.Aes, 128).GenerateKey(136), // has no such size
        _ => NotExtractable().GetBufferAttribute(AttributeId.SecretValue, new byte[16]),
        _ => Disposed().Update(Block, new byte[16]),
        _ => DigestOperation.Allocate(TeeAlgorithm.Sha256).SetKey(NewKey(128)), // takes none
        _ => Extracting().Update(Block),
        _ => Extracting().DoFinal(Block, new byte[32]),
        _ => NewCipher(TeeAlgorithm.AesCtr).CopyFrom(NewCipher(TeeAlgorithm.AesCbcNoPad)),
        _ => DigestOperation.Allocate(TeeAlgorithm.Sha256).CopyFrom(DigestOperation.Allocate(TeeAlgorithm.Sha1)),
        _ => NewMac().Update(Block), // not begun
        _ => NewMac().ComputeFinal(Block, new byte[32]),
        _ => NewMac().CompareFinal(Block, new byte[32]),
        _ => MacOperation.Allocate(TeeAlgorithm.HmacSha256, 256).Init(), // no key
        _ => MacOperation.Allocate(TeeAlgorithm.HmacSha256, 256).SetKey(NewKey(128)), // of another type
        _ => NewGcm(OperationMode.Encrypt).UpdateAad(Block), // not begun
        _ => NewGcm(OperationMode.Encrypt).Update(Block, new byte[16]),
        _ => NewGcm(OperationMode.Encrypt).Init([], 128), // no nonce
        _ => InitAfterPayload(),
        _ => BegunGcm(OperationMode.Encrypt).TryDecryptFinal(Block, new byte[16], out int _, Block), // is to encrypt
        _ => BegunGcm(OperationMode.Decrypt).EncryptFinal(Block, new byte[16], new byte[16]), // is to decrypt
        _ => AadAfterPayload(),
        buffer => BegunGcm(OperationMode.Encrypt).Update(buffer.AsSpan(0, 16), buffer.AsSpan(8, 16)), // overlap
        buffer => Begun(TeeAlgorithm.AesCtr).Update(buffer.AsSpan(0, 16), buffer.AsSpan(8, 16)), // overlap
    ];

    /// <summary>Out: a: how many misuses there are.</summary>
    [Command(0)]
    public static void CountMisuses(ValueOutput count) => count.A = (uint)Misuses.Length;

    [Command(1)]
    public static void Misuse(ValueInput which) => Misuses[which.A](new byte[64]);

    /// <summary>Out: a: how many operations with keys the quota has room for. They are forgotten.</summary>
    [Command(2)]
    public static void Fill(ValueOutput count)
    {
        try
        {
            for (count.A = 0; ; count.A++)
                NewCipher(TeeAlgorithm.AesCtr);
        }
        catch (TeeException e) when (e.Result == TeeResult.OutOfMemory)
        {
            // As many as there are.
        }
    }

    /// <summary>As <see cref="Fill"/>, but each is disposed. Out: a: of how many.</summary>
    [Command(3)]
    public static void Turnover(ValueInput rounds, ValueOutput done)
    {
        for (done.A = 0; done.A < rounds.A; done.A++)
        {
            using TransientObject key = NewKey(256);
            using CipherOperation cipher = CipherOperation.Allocate(TeeAlgorithm.AesCtr, OperationMode.Encrypt, 256);
            cipher.SetKey(key);
            cipher.Init(Block);
            using DigestOperation digest = DigestOperation.Allocate(TeeAlgorithm.Sha512);
            digest.Update(Block);
        }
    }

    /// <summary>Out: a: bytes that the thread allocates for a thousand updates of a cipher and a digest.</summary>
    [Command(4)]
    public static void Allocation(ValueOutput bytes)
    {
        using CipherOperation cipher = Begun(TeeAlgorithm.AesCbcNoPad);
        using DigestOperation digest = DigestOperation.Allocate(TeeAlgorithm.Sha256);
        byte[] buffer = new byte[64];
        cipher.Update(buffer, buffer);
        digest.Update(buffer);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            cipher.Update(buffer, buffer);
            digest.Update(buffer);
        }

        bytes.A = (uint)(GC.GetAllocatedBytesForCurrentThread() - before);
    }

    /// <summary>
    /// In: a and b: algorithm and mode; memory: key and IV of 16 bytes each; text. Out: the other text, in pieces of 1, 2, 3 … bytes.
    /// </summary>
    [Command(5)]
    public static void InPieces(ValueInput what, MemrefInput keyAndIv, MemrefInput text, MemrefOutput result)
    {
        using TransientObject key = TransientObject.Allocate(ObjectType.Aes, 128);
        key.Populate(AttributeId.SecretValue, keyAndIv.Span[..16]);
        using CipherOperation cipher = CipherOperation.Allocate((TeeAlgorithm)what.A, (OperationMode)what.B, 128);
        cipher.SetKey(key);
        cipher.Init((TeeAlgorithm)what.A == TeeAlgorithm.AesEcbNoPad ? default : keyAndIv.Span[16..]);
        ReadOnlySpan<byte> source = text.Span;
        int at = 0;
        for (int size = 1; source.Length > size; size++)
        {
            at += cipher.Update(source[..size], result.Span[at..]);
            source = source[size..];
        }

        result.Size = at + cipher.DoFinal(source, result.Span[at..]);
    }

    /// <summary>Out: a: the result for a buffer that is short by one, b: the size that it needs.</summary>
    [Command(6)]
    public static void Short(ValueOutput cipher, ValueOutput digest, ValueOutput attribute)
    {
        cipher.A = (uint)Begun(TeeAlgorithm.AesCtr).TryUpdate(Block, new byte[15], out int size);
        cipher.B = (uint)size;
        digest.A = (uint)DigestOperation.Allocate(TeeAlgorithm.Sha1).TryDoFinal(Block, new byte[19], out size);
        digest.B = (uint)size;
        try
        {
            NewKey(128).GetBufferAttribute(AttributeId.SecretValue, new byte[15]);
        }
        catch (TeeException e)
        {
            attribute.A = (uint)e.Result;
        }
    }

    /// <summary>Out: the digest of "abc", told in parts; and that of a copy which was made after "ab".</summary>
    [Command(7)]
    public static void Parts(MemrefOutput parts, MemrefOutput copied)
    {
        using DigestOperation digest = DigestOperation.Allocate(TeeAlgorithm.Sha256);
        using DigestOperation copy = DigestOperation.Allocate(TeeAlgorithm.Sha256);
        digest.Update("ab"u8);
        copy.CopyFrom(digest);
        digest.Update("c"u8);
        int at = digest.Extract(parts.Span[..5]);
        at += digest.Extract(parts.Span.Slice(at, 20));
        parts.Size = at + digest.DoFinal([], parts.Span[at..]);
        copied.Size = copy.DoFinal("c"u8, copied.Span);
    }

    /// <summary>
    /// In: a: a cipher; memory: text. Room for it, twice. Encrypts it from one buffer to another, and, with a few bytes waiting for the
    /// rest of their block, in place; the two must be the same.
    /// </summary>
    [Command(9)]
    public static TeeResult InPlace(ValueInput what, MemrefInput text, MemrefOutput apart, MemrefOutput same)
    {
        const int Ahead = 5;
        using CipherOperation one = Begun((TeeAlgorithm)what.A), other = Begun((TeeAlgorithm)what.A);
        other.CopyFrom(one);
        text.Span.CopyTo(same.Span);
        int size = one.Update(text.Span, apart.Span);
        Span<byte> first = stackalloc byte[Ahead];
        int early = other.Update(same.Span[..Ahead], first);
        Span<byte> rest = same.Span[Ahead..];
        int late = other.Update(rest, rest);
        bool isSame = early + late == size && first[..early].SequenceEqual(apart.Span[..early]) && rest[..late].SequenceEqual(apart.Span[early..size]);
        return isSame ? TeeResult.Success : TeeResult.Generic;
    }

    /// <summary>
    /// Seals and opens a message, and one that was changed; keeps a code, and looks at it. The result says whether all of it is as it
    /// should be.
    /// </summary>
    [Command(11)]
    public static void SealAndCompare(ValueOutput answers)
    {
        using TransientObject key = NewKey(256);
        using AeOperation seal = AeOperation.Allocate(TeeAlgorithm.AesGcm, OperationMode.Encrypt, 256), open = AeOperation.Allocate(TeeAlgorithm.AesGcm, OperationMode.Decrypt, 256);
        seal.SetKey(key);
        open.SetKey(key);
        Span<byte> secret = stackalloc byte[20], tag = stackalloc byte[16], opened = stackalloc byte[20];
        seal.Init("a nonce"u8, 128);
        seal.UpdateAad("for all to see"u8);
        bool isShort = seal.TryEncryptFinal("twenty bytes, sealed"u8, secret, out _, tag[..15], out int needed) == TeeResult.ShortBuffer && needed == 16;
        seal.EncryptFinal("twenty bytes, sealed"u8, secret, tag);
        open.Init("a nonce"u8, 128);
        open.UpdateAad("for all to see"u8);
        bool opens = open.TryDecryptFinal(secret, opened, out int size, tag) == TeeResult.Success && opened[..size].SequenceEqual("twenty bytes, sealed"u8);
        secret[3] ^= 1;
        open.Init("a nonce"u8, 128);
        open.UpdateAad("for all to see"u8);
        bool isRefused = open.TryDecryptFinal(secret, opened, out size, tag) == TeeResult.MacInvalid && size == 0 && !opened.ContainsAnyExcept((byte)0);

        using MacOperation mac = NewMac(), copy = MacOperation.Allocate(TeeAlgorithm.HmacSha256, 256);
        Span<byte> code = stackalloc byte[32];
        mac.Init();
        mac.Update("hel"u8);
        copy.CopyFrom(mac);
        mac.ComputeFinal("lo"u8, code);
        bool isSame = copy.CompareFinal("lo"u8, code);
        copy.Init();
        bool isOther = !copy.CompareFinal("hello!"u8, code);
        Span<byte> once = stackalloc byte[32], again = stackalloc byte[32];
        Tee.GenerateRandom(once);
        Tee.GenerateRandom(again);
        answers.A = (isShort ? 1u : 0) | (opens ? 2u : 0) | (isRefused ? 4u : 0) | (isSame ? 8u : 0) | (isOther ? 16u : 0) | (once.SequenceEqual(again) ? 0 : 32u);
    }

    [Command(10)]
    public static void Panic() => Tee.Panic(1);

    /// <summary>In: an algorithm, a mode, and the largest key in bits. The result is that of the allocation.</summary>
    [Command(8)]
    public static void Allocate(ValueInput what, ValueInput size)
    {
        if (what.B == (uint)OperationMode.Digest)
            DigestOperation.Allocate((TeeAlgorithm)what.A);
        else
            CipherOperation.Allocate((TeeAlgorithm)what.A, (OperationMode)what.B, (int)size.A);
    }

    private static TransientObject NewKey(int bits)
    {
        TransientObject key = TransientObject.Allocate(ObjectType.Aes, bits);
        key.GenerateKey(bits);
        return key;
    }

    private static TransientObject NotExtractable()
    {
        TransientObject key = NewKey(128);
        key.RestrictUsage(KeyUsage.All & ~KeyUsage.Extractable);
        return key;
    }

    private static CipherOperation Unkeyed(TeeAlgorithm algorithm) => CipherOperation.Allocate(algorithm, OperationMode.Encrypt, 128);

    private static CipherOperation NewCipher(TeeAlgorithm algorithm)
    {
        using TransientObject key = NewKey(128);
        CipherOperation cipher = Unkeyed(algorithm);
        cipher.SetKey(key);
        return cipher;
    }

    private static MacOperation NewMac()
    {
        using TransientObject key = TransientObject.Allocate(ObjectType.HmacSha256, 256);
        key.GenerateKey(256);
        MacOperation mac = MacOperation.Allocate(TeeAlgorithm.HmacSha256, 256);
        mac.SetKey(key);
        return mac;
    }

    private static AeOperation NewGcm(OperationMode mode)
    {
        using TransientObject key = NewKey(128);
        AeOperation gcm = AeOperation.Allocate(TeeAlgorithm.AesGcm, mode, 128);
        gcm.SetKey(key);
        return gcm;
    }

    private static AeOperation BegunGcm(OperationMode mode)
    {
        AeOperation gcm = NewGcm(mode);
        gcm.Init(Block, 128);
        return gcm;
    }

    private static void InitAfterPayload()
    {
        AeOperation gcm = BegunGcm(OperationMode.Encrypt);
        gcm.Update(Block, new byte[16]);
        gcm.Init(Block, 128);
    }

    private static void AadAfterPayload()
    {
        AeOperation gcm = BegunGcm(OperationMode.Encrypt);
        gcm.Update(Block, new byte[16]);
        gcm.UpdateAad(Block);
    }

    private static CipherOperation Begun(TeeAlgorithm algorithm)
    {
        CipherOperation cipher = NewCipher(algorithm);
        cipher.Init(Block);
        return cipher;
    }

    private static CipherOperation Disposed()
    {
        CipherOperation cipher = Begun(TeeAlgorithm.AesCtr);
        cipher.Dispose();
        return cipher;
    }

    private static DigestOperation Extracting()
    {
        DigestOperation digest = DigestOperation.Allocate(TeeAlgorithm.Sha256);
        digest.Extract(new byte[1]);
        return digest;
    }

    private static void SetKeyOf(CipherOperation cipher, KeyUsage usage)
    {
        TransientObject key = NewKey(128);
        key.RestrictUsage(usage);
        cipher.SetKey(key);
    }
}
