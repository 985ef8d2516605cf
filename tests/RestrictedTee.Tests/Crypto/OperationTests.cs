using System.Security.Cryptography;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.Sdk;
using RestrictedTee.Tests.Harness;
using Operation = RestrictedTee.NormalWorld.Client.Operation;

namespace RestrictedTee.Tests.Crypto;

/// <summary>Operations as a trusted application has them: a handle, the state machine of GPD_SPE_010 chapter 6, and a quota.</summary>
public sealed class OperationTests : IDisposable
{
    private readonly InProcessTee _tee = new();
    private readonly TeeContext _context;
    private readonly TeeSession _session;

    public OperationTests()
    {
        _context = _tee.OpenContext();
        _session = _context.OpenSession(TestTa.Operations);
    }

    public void Dispose()
    {
        _session.Dispose();
        _context.Dispose();
        _tee.Dispose();
    }

    [Fact]
    public void Whatever_breaks_the_contract_of_an_operation_panics()
    {
        uint count = Ask(0);
        Assert.True(count > 0);

        for (uint which = 0; which < count; which++)
        {
            using TeeSession victim = _context.OpenSession(TestTa.Operations);
            TeecResult result = victim.TryInvoke(1, new Operation(Parameter.ValueInput(which)), out TeecOrigin origin);
            Assert.True((result, origin) == (TeecResult.TargetDead, TeecOrigin.Tee), $"Misuse {which} ends with {result} of {origin}.");
        }

        _tee.AssertStillServes();
    }

    [Fact]
    public void Invariant_9_operations_count_against_the_quota_and_come_back_with_their_instance()
    {
        uint first = Ask(2);
        Assert.InRange(first, 1u, 512u);
        Assert.Equal(0u, Ask(2));

        for (int round = 0; round < 20; round++)
        {
            using TeeSession other = _context.OpenSession(TestTa.Operations);
            var filled = new Operation(Parameter.ValueOutput());
            other.Invoke(2, filled);
            Assert.Equal(first, filled[0].A);
        }
    }

    [Fact]
    public void Invariant_9_operations_come_back_when_their_instance_panics()
    {
        for (int round = 0; round < 20; round++)
        {
            using TeeSession victim = _context.OpenSession(TestTa.Operations);
            var filled = new Operation(Parameter.ValueOutput());
            victim.Invoke(2, filled);
            Assert.True(filled[0].A > 0, $"No secure memory is left in round {round}.");

            Assert.Equal(TeecResult.TargetDead, victim.TryInvoke(10, null, out _));
        }
    }

    [Fact]
    public void What_is_disposed_comes_back_at_once()
    {
        var done = new Operation(Parameter.ValueInput(2000), Parameter.ValueOutput());

        _session.Invoke(3, done);

        Assert.Equal(2000u, done[1].A);
    }

    [Fact]
    public void An_update_allocates_nothing()
    {
        Ask(4); // until the methods are compiled

        Assert.Equal(0u, Ask(4));
    }

    [Theory]
    [InlineData(TeeAlgorithm.AesEcbNoPad)]
    [InlineData(TeeAlgorithm.AesCbcNoPad)]
    [InlineData(TeeAlgorithm.AesCtr)]
    public void A_cipher_in_pieces_of_any_size_is_the_same_as_in_one(TeeAlgorithm algorithm)
    {
        byte[] keyAndIv = RandomNumberGenerator.GetBytes(32), plain = RandomNumberGenerator.GetBytes(4096);

        byte[] cipher = InPieces(algorithm, OperationMode.Encrypt, keyAndIv, plain);

        Assert.Equal(plain, InPieces(algorithm, OperationMode.Decrypt, keyAndIv, cipher));
        using var aes = Aes.Create();
        aes.Key = keyAndIv[..16];
        if (algorithm == TeeAlgorithm.AesCbcNoPad)
            Assert.Equal(aes.EncryptCbc(plain, keyAndIv[16..], PaddingMode.None), cipher);
        if (algorithm == TeeAlgorithm.AesEcbNoPad)
            Assert.Equal(aes.EncryptEcb(plain, PaddingMode.None), cipher);
    }

    [Theory]
    [InlineData(TeeAlgorithm.AesCbcNoPad)]
    [InlineData(TeeAlgorithm.AesCtr)]
    public void A_cipher_in_place_reads_each_byte_before_it_writes_there(TeeAlgorithm algorithm)
    {
        byte[] text = RandomNumberGenerator.GetBytes(5000);
        var apart = new Operation(Parameter.ValueInput((uint)algorithm), Parameter.TempInput(text), Parameter.TempOutput(new byte[5000]), Parameter.TempOutput(new byte[5000]));

        Assert.Equal(TeecResult.Success, _session.TryInvoke(9, apart, out _));
    }

    [Fact]
    public void A_buffer_that_is_short_by_one_is_told_the_size_that_it_needs()
    {
        var operation = new Operation(Parameter.ValueOutput(), Parameter.ValueOutput(), Parameter.ValueOutput());

        _session.Invoke(6, operation);

        Assert.Equal(((uint)TeeResult.ShortBuffer, 16u), (operation[0].A, operation[0].B));
        Assert.Equal(((uint)TeeResult.ShortBuffer, 20u), (operation[1].A, operation[1].B));
        Assert.Equal((uint)TeeResult.ShortBuffer, operation[2].A);
    }

    [Fact]
    public void A_digest_is_told_in_parts_and_copied_half_way()
    {
        byte[] parts = new byte[64], copied = new byte[64];
        var operation = new Operation(Parameter.TempOutput(parts), Parameter.TempOutput(copied));
        string abc = Convert.ToHexString(SHA256.HashData("abc"u8));

        _session.Invoke(7, operation);

        Assert.Equal((abc, abc), (Convert.ToHexString(parts.AsSpan(0, operation[0].Size)), Convert.ToHexString(copied.AsSpan(0, operation[1].Size))));
    }

    [Fact]
    public void What_is_sealed_opens_and_what_was_changed_does_not() =>
        Assert.Equal(0b111111u, Ask(11));

    [Theory]
    [InlineData((uint)TeeAlgorithm.AesCtr, OperationMode.Encrypt, 192u, TeecResult.Success)]
    [InlineData((uint)TeeAlgorithm.AesCtr, OperationMode.Encrypt, 100u, TeecResult.NotSupported)]
    [InlineData((uint)TeeAlgorithm.AesCtr, OperationMode.Encrypt, 320u, TeecResult.NotSupported)]
    [InlineData((uint)TeeAlgorithm.AesCtr, OperationMode.Mac, 128u, TeecResult.NotSupported)]
    [InlineData((uint)TeeAlgorithm.Sha256, OperationMode.Encrypt, 128u, TeecResult.NotSupported)]
    [InlineData((uint)TeeAlgorithm.AesCtr, OperationMode.Digest, 0u, TeecResult.NotSupported)]
    [InlineData(0x1000_FF10u, OperationMode.Encrypt, 128u, TeecResult.NotSupported)]
    [InlineData(0x5000_00FFu, OperationMode.Digest, 0u, TeecResult.NotSupported)]
    public void What_there_is_no_row_for_is_not_supported(uint algorithm, OperationMode mode, uint maxKeySize, TeecResult expected)
    {
        var operation = new Operation(Parameter.ValueInput(algorithm, (uint)mode), Parameter.ValueInput(maxKeySize));

        Assert.Equal(expected, _session.TryInvoke(8, operation, out _));
    }

    private uint Ask(uint command)
    {
        var operation = new Operation(Parameter.ValueOutput());
        _session.Invoke(command, operation);
        return operation[0].A;
    }

    private byte[] InPieces(TeeAlgorithm algorithm, OperationMode mode, byte[] keyAndIv, byte[] text)
    {
        byte[] result = new byte[text.Length];
        var operation = new Operation(
            Parameter.ValueInput((uint)algorithm, (uint)mode), Parameter.TempInput(keyAndIv), Parameter.TempInput(text), Parameter.TempOutput(result));
        _session.Invoke(5, operation);
        Assert.Equal(text.Length, operation[3].Size);
        return result;
    }
}
