using System.Security.Cryptography;
using RestrictedTee.Contracts;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.Tests.Harness;

namespace RestrictedTee.Tests.XtestApps;

/// <summary>The crypto_perf TA computes what it says, so that what is measured against it is worth measuring.</summary>
public sealed class CryptoPerfTests : IDisposable
{
    private const int Whole = 1024;

    private readonly InProcessTee _tee = new();
    private readonly TeeContext _context;
    private readonly TeeSession _session;

    public CryptoPerfTests()
    {
        _context = _tee.OpenContext();
        _session = _context.OpenSession(CryptoPerf.Uuid);
    }

    public static TheoryData<CryptoPerf.Cipher> Ciphers => [.. Enum.GetValues<CryptoPerf.Cipher>()];

    public static TheoryData<CryptoPerf.Hash> Hashes => [.. Enum.GetValues<CryptoPerf.Hash>()];

    public void Dispose()
    {
        _session.Dispose();
        _context.Dispose();
        _tee.Dispose();
    }

    [Theory]
    [MemberData(nameof(Ciphers))]
    public void What_a_cipher_encrypts_in_pieces_it_decrypts_in_one(CryptoPerf.Cipher cipher)
    {
        // XTS keeps the end back, which may have to be stolen from: in pieces, each comes with the next one.
        bool keepsEnd = cipher is CryptoPerf.Cipher.AesXts or CryptoPerf.Cipher.Sm4Xts;
        int told = keepsEnd ? Whole - 32 : Whole;
        byte[] plain = [.. Enumerable.Range(0, Whole).Select(i => (byte)(i & 0xFF))], encrypted = new byte[Whole], decrypted = new byte[Whole];

        Assert.Equal(TeecResult.Success, PrepareCipher(cipher, decrypts: 0));
        Assert.Equal(TeecResult.Success, Process(plain, encrypted, unit: keepsEnd ? 0 : 64u));
        Assert.Equal(TeecResult.Success, PrepareCipher(cipher, decrypts: 1));
        Assert.Equal(TeecResult.Success, Process(encrypted, decrypted));

        Assert.NotEqual(plain[..told], encrypted[..told]);
        Assert.Equal(plain[..(told - (keepsEnd ? 32 : 0))], decrypted[..(told - (keepsEnd ? 32 : 0))]);
    }

    [Fact]
    public void The_key_of_a_cipher_is_the_original_s()
    {
        byte[] plain = new byte[16], encrypted = new byte[16];
        using var aes = Aes.Create();
        aes.Key = [.. Enumerable.Range(0, 16).Select(i => (byte)i)];

        PrepareCipher(CryptoPerf.Cipher.AesEcb, decrypts: 0);
        Assert.Equal(TeecResult.Success, Process(plain, encrypted));

        Assert.Equal(aes.EncryptEcb(plain, PaddingMode.None), encrypted);
    }

    [Fact]
    public void A_destination_that_is_too_small_is_told()
    {
        PrepareCipher(CryptoPerf.Cipher.AesCbc, decrypts: 0);

        Assert.Equal(TeecResult.ShortBuffer, Process(new byte[32], new byte[31]));
    }

    [Theory]
    [MemberData(nameof(Hashes))]
    public void A_hash_fits_or_is_told(CryptoPerf.Hash hash)
    {
        byte[] message = "..abc"u8.ToArray(), digest = new byte[64];
        Assert.Equal(TeecResult.Success, _session.TryInvoke(CryptoPerf.CommandHashPrepare, new Operation(Parameter.ValueInput((uint)hash)), out _));
        Assert.Equal(TeecResult.Success, Hash(message, digest));
        int size = Array.FindLastIndex(digest, b => b != 0) + 1;

        Assert.Equal(TeecResult.ShortBuffer, Hash(message, new byte[19]));

        Assert.InRange(size, 18, 64);
        if (hash == CryptoPerf.Hash.Sha256)
            Assert.Equal(SHA256.HashData("abc"u8), digest[..32]);
        if (hash == CryptoPerf.Hash.HmacSha256)
            Assert.Equal(HMACSHA256.HashData([.. Enumerable.Range(0, 64).Select(i => (byte)i)], "abc"u8), digest[..32]);
    }

    [Theory]
    [InlineData(CryptoPerf.Algorithm.Rsa, CryptoPerf.RsaScheme.Pkcs1Sha256, 1024u, false)]
    [InlineData(CryptoPerf.Algorithm.Rsa, CryptoPerf.RsaScheme.PssSha1, 1024u, false)]
    [InlineData(CryptoPerf.Algorithm.Rsa, CryptoPerf.RsaScheme.OaepSha1, 1024u, true)]
    [InlineData(CryptoPerf.Algorithm.Rsa, CryptoPerf.RsaScheme.Pkcs1, 1024u, true)]
    [InlineData(CryptoPerf.Algorithm.Ecdsa, CryptoPerf.RsaScheme.NoPad, 192u, false)]
    [InlineData(CryptoPerf.Algorithm.Ecdsa, CryptoPerf.RsaScheme.NoPad, 256u, false)]
    [InlineData(CryptoPerf.Algorithm.Ecdsa, CryptoPerf.RsaScheme.NoPad, 521u, false)]
    [InlineData(CryptoPerf.Algorithm.Sm2, CryptoPerf.RsaScheme.NoPad, 256u, false)]
    [InlineData(CryptoPerf.Algorithm.Sm2, CryptoPerf.RsaScheme.NoPad, 256u, true)]
    public void What_one_half_of_a_key_pair_makes_the_other_takes(CryptoPerf.Algorithm algorithm, CryptoPerf.RsaScheme scheme, uint size, bool encrypts)
    {
        var mode = (uint)(encrypts ? CryptoPerf.Mode.Decrypt : CryptoPerf.Mode.Verify);
        byte[] attributes = algorithm == CryptoPerf.Algorithm.Ecdsa ? Packed(0xF000_0441 /* TEE_ATTR_ECC_CURVE */, size switch { 192 => 1u, 256 => 3u, _ => 5u }) : [];
        byte[] made = new byte[512];
        Succeeds(CryptoPerf.CommandAsymmetricPrepareObject, Parameter.ValueInput((uint)algorithm, size), Parameter.ValueInput(mode));
        Succeeds(CryptoPerf.CommandAsymmetricPrepareKeyPair, Parameter.ValueInput(size, mode), Parameter.ValueInput((uint)algorithm, (uint)scheme), Parameter.TempInput(attributes));
        byte[] source = "sixteen bytes it"u8.ToArray();
        if (!encrypts)
        {
            byte[] digest = new byte[64];
            Operation hashed = Succeeds(CryptoPerf.CommandAsymmetricPrepareHash, Parameter.ValueInput((uint)algorithm), Parameter.TempInput(source), Parameter.TempInOut(digest));
            source = digest[..hashed[2].Size];
        }

        Operation operation = Succeeds(CryptoPerf.CommandAsymmetricPrepareEncryptSign, Parameter.TempInput(source), Parameter.TempOutput(made), Parameter.ValueInput(mode), Parameter.TempInput(Array.Empty<byte>()));
        made = made[..operation[1].Size];

        if (encrypts)
        {
            byte[] back = new byte[512];
            Succeeds(CryptoPerf.CommandAsymmetricProcess, Parameter.ValueInput(2, mode), Parameter.TempInput(made), Parameter.TempOutput(back));
            Assert.Equal(source, back[..source.Length]);
            return;
        }

        Succeeds(CryptoPerf.CommandAsymmetricProcess, Parameter.ValueInput(2, mode), Parameter.TempInput(source), Parameter.TempOutput(made));
        source[0] ^= 1;
        Assert.Equal((TeecResult)0xFFFF3072 /* TEE_ERROR_SIGNATURE_INVALID */, _session.TryInvoke(
            CryptoPerf.CommandAsymmetricProcess, new Operation(Parameter.ValueInput(1, mode), Parameter.TempInput(source), Parameter.TempOutput(made)), out _));
    }

    [Theory]
    [InlineData(CryptoPerf.CommandCipherPrepareKey, 0u, 9u)]
    [InlineData(CryptoPerf.CommandAsymmetricPrepareObject, 0u, 0u)]
    [InlineData(CryptoPerf.CommandAsymmetricPrepareObject, 7u, 0u)]
    [InlineData(CryptoPerf.CommandAsymmetricPrepareObject, (uint)CryptoPerf.Algorithm.Sm2, (uint)CryptoPerf.Mode.GenerateKeyPair)]
    public void A_number_that_names_nothing_is_refused(uint command, uint first, uint second) =>
        Assert.Equal(TeecResult.BadParameters, _session.TryInvoke(command, new Operation(Parameter.ValueInput(first, 256), Parameter.ValueInput(second)), out _));

    [Theory]
    [InlineData(CryptoPerf.Algorithm.Rsa, CryptoPerf.Mode.Encrypt, CryptoPerf.RsaScheme.Pkcs1Sha1)]
    [InlineData(CryptoPerf.Algorithm.Rsa, CryptoPerf.Mode.Sign, CryptoPerf.RsaScheme.OaepSha512)]
    [InlineData(CryptoPerf.Algorithm.Rsa, CryptoPerf.Mode.Sign, (CryptoPerf.RsaScheme)17)]
    [InlineData(CryptoPerf.Algorithm.Rsa, CryptoPerf.Mode.GenerateKeyPair, CryptoPerf.RsaScheme.NoPad)]
    [InlineData(CryptoPerf.Algorithm.Ecdsa, CryptoPerf.Mode.Encrypt, CryptoPerf.RsaScheme.NoPad)]
    [InlineData(CryptoPerf.Algorithm.Ecdh, CryptoPerf.Mode.Sign, CryptoPerf.RsaScheme.NoPad)]
    public void A_scheme_that_does_not_go_with_the_mode_is_refused(CryptoPerf.Algorithm algorithm, CryptoPerf.Mode mode, CryptoPerf.RsaScheme scheme) =>
        Assert.Equal(TeecResult.BadParameters, _session.TryInvoke(
            CryptoPerf.CommandAsymmetricPrepareKeyPair,
            new Operation(Parameter.ValueInput(1024, (uint)mode), Parameter.ValueInput((uint)algorithm, (uint)scheme), Parameter.TempInput(Array.Empty<byte>())),
            out _));

    [Theory]
    [InlineData(CryptoPerf.CommandCipherProcess)]
    [InlineData(CryptoPerf.CommandHashProcess)]
    [InlineData(CryptoPerf.CommandAsymmetricGenerateKeyPair)]
    public void Working_with_nothing_prepared_panics(uint command)
    {
        Parameter[] parameters = command switch
        {
            CryptoPerf.CommandCipherProcess => [Parameter.TempInOut(new byte[16]), Parameter.TempInOut(new byte[16]), Parameter.ValueInput(1)],
            CryptoPerf.CommandHashProcess => [Parameter.TempInput(new byte[16]), Parameter.TempOutput(new byte[64]), Parameter.ValueInput(1)],
            _ => [Parameter.ValueInput(1024, 1)],
        };

        Assert.Equal(TeecResult.TargetDead, _session.TryInvoke(command, new Operation(parameters), out TeecOrigin origin));
        Assert.Equal(TeecOrigin.Tee, origin);
    }

    private TeecResult PrepareCipher(CryptoPerf.Cipher cipher, uint decrypts) => _session.TryInvoke(
        CryptoPerf.CommandCipherPrepareKey, new Operation(Parameter.ValueInput(decrypts, 128), Parameter.ValueInput((uint)cipher)), out _);

    private TeecResult Process(byte[] source, byte[] destination, uint unit = 0) => _session.TryInvoke(
        CryptoPerf.CommandCipherProcess, new Operation(Parameter.TempInOut(source), Parameter.TempInOut(destination), Parameter.ValueInput(1, unit)), out _);

    private TeecResult Hash(byte[] message, byte[] digest) => _session.TryInvoke(
        CryptoPerf.CommandHashProcess, new Operation(Parameter.TempInput(message), Parameter.TempOutput(digest), Parameter.ValueInput(2, 2)), out _);

    private Operation Succeeds(uint command, params Parameter[] parameters)
    {
        var operation = new Operation(parameters);
        Assert.Equal(TeecResult.Success, _session.TryInvoke(command, operation, out _));
        return operation;
    }

    /// <summary>One attribute that is a value.</summary>
    private static byte[] Packed(uint id, uint value)
    {
        byte[] packed = new byte[16];
        BitConverter.TryWriteBytes(packed, 1u);
        BitConverter.TryWriteBytes(packed.AsSpan(4), id);
        BitConverter.TryWriteBytes(packed.AsSpan(8), value);
        return packed;
    }
}
