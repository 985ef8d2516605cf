using System.Security.Cryptography;
using RestrictedTee.Contracts;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.Uapi;

namespace RestrictedTee.Tests.Examples;

/// <summary>A client that changes its memory while the TA works on it gets what belongs to one state of it, or nothing; and panics nobody.</summary>
public sealed class ChangingMemoryTests
{
    /// <summary>So many that the client has its turn between two readings in some of them, also where there are few processors.</summary>
    private const int Rounds = 300, ShortRounds = 5000;

    private const TeecResult MacInvalid = (TeecResult)0xFFFF3071;

    [Fact]
    public void A_digest_that_changes_between_signing_and_verifying_is_signed_as_it_was()
    {
        using var session = new ExampleSession(EcdsaExample.Uuid);
        session.Output(EcdsaExample.CommandComputeDigest, 1, 64, Parameter.TempInput("hello world"u8.ToArray()), Parameter.None, Parameter.ValueInput(0x7000_3042));
        session.Invoke(EcdsaExample.CommandGenerateKey);
        using SharedMemory digest = session.Context.AllocateSharedMemory(32);

        WhileChanging(digest, 0, Rounds, () => Assert.Equal(
            TeecResult.Success, session.Invoke(EcdsaExample.CommandSignVerifyDigest, Parameter.Partial(digest, Direction.Input, 0, 32), Parameter.TempOutput(new byte[64]))));
    }

    [Fact]
    public void A_message_that_changes_between_its_two_readings_has_the_mac_of_one_of_its_states()
    {
        byte[] key = new byte[128], message = new byte[30_000], other = new byte[30_000];
        other[^1] = 1;
        byte[][] macs = [HMACSHA256.HashData(key, message.Concat(message).ToArray()), HMACSHA256.HashData(key, other.Concat(other).ToArray())];
        using var session = new ExampleSession(ShaExample.Uuid);
        session.Invoke(ShaExample.CommandPrepare, Parameter.ValueInput(0x3000_0004), Parameter.ValueInput(128), Parameter.ValueInput((uint)ShaExample.KeyType.HmacSha256));
        using SharedMemory shared = session.Context.AllocateSharedMemory(message.Length);

        WhileChanging(shared, message.Length - 1, ShortRounds, () =>
        {
            Assert.Equal(TeecResult.Success, session.Invoke(ShaExample.CommandSetIv, Parameter.Null(Direction.Input)));
            byte[] mac = session.Output(ShaExample.CommandComputeMac, 1, 32, Parameter.Partial(shared, Direction.Input, 0, message.Length));
            Assert.Contains(mac, macs);
        });
    }

    [Fact]
    public void A_ciphertext_that_changes_gives_the_message_whose_tag_is_right_or_none()
    {
        byte[] plain = [.. Enumerable.Repeat((byte)0x17, 4096)], tag = new byte[16];
        using var session = new ExampleSession(AesExample.Uuid);
        Prepare(AesExample.ModeEncode);
        byte[] encrypted = session.Output(
            AesExample.CommandAuthenc, 1, plain.Length, Parameter.TempInput(plain), Parameter.None, Parameter.ValueInput(1), Parameter.TempInOut(tag));
        Prepare(AesExample.ModeDecode);
        using SharedMemory shared = session.Context.AllocateSharedMemory(encrypted.Length);
        encrypted.CopyTo(shared.Span);

        WhileChanging(shared, encrypted.Length - 1, ShortRounds, () =>
        {
            byte[] decrypted = new byte[plain.Length];
            TeecResult result = session.Invoke(
                AesExample.CommandAuthenc, Parameter.Partial(shared, Direction.Input, 0, encrypted.Length), Parameter.TempOutput(decrypted), Parameter.ValueInput(0), Parameter.TempInOut(tag));

            Assert.True(result is TeecResult.Success or MacInvalid, result.ToString());
            Assert.Equal(-1, decrypted.AsSpan().IndexOfAnyExcept(result == TeecResult.Success ? (byte)0x17 : (byte)0));
        });

        void Prepare(uint mode) => Assert.Equal(
            TeecResult.Success,
            session.Invoke(AesExample.CommandPrepare, Parameter.ValueInput((uint)AesExample.Algorithm.Gcm), Parameter.ValueInput(16), Parameter.ValueInput(mode)));
    }

    private static void WhileChanging(SharedMemory memory, int position, int rounds, Action round)
    {
        using var end = new CancellationTokenSource();
        using var begun = new ManualResetEventSlim();
        var changing = new Thread(() =>
        {
            begun.Set();
            while (!end.IsCancellationRequested)
                memory.Span[position] ^= 1;
        });
        changing.Start();
        begun.Wait();
        try
        {
            for (int i = 0; i < rounds; i++)
                round();
        }
        finally
        {
            end.Cancel();
            changing.Join();
        }
    }
}
