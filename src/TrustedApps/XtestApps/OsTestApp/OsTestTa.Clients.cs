using System.Security.Cryptography;
using RestrictedTee.Contracts;
using RestrictedTee.Sdk;

namespace RestrictedTee.TrustedApps.XtestApps.OsTestApp;

/// <summary>The TA as the client of others, and of itself.</summary>
public sealed partial class OsTestTa
{
    private const int Ta2TaBufferSize = 2 * 1024;

    [Command(OsTest.CommandClient)]
    public static TeeResult Client(RawParameters parameters)
    {
        ReadOnlySpan<byte> message = "abc"u8;
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        using TaClientSession crypt = TaClientSession.Open(Crypt.Uuid);
        var operation = new TaOperation { P0 = TaParam.Input(message), P1 = TaParam.Output(digest) };
        crypt.Invoke(Crypt.CommandSha256, ref operation);
        return digest.SequenceEqual(SHA256.HashData(message)) ? TeeResult.Success : TeeResult.Generic;
    }

    [Command(OsTest.CommandClientWithTimeout)]
    public static TeeResult ClientWithTimeout(ValueInput milliseconds)
    {
        Tee.UnmaskCancellation();
        using TaClientSession other = TaClientSession.Open(OsTest.Uuid);
        var operation = new TaOperation { P0 = TaParam.ValueInput(milliseconds.A) };
        TeeResult result = other.TryInvoke(OsTest.CommandWait, ref operation, out TeeOrigin origin, timeout: milliseconds.A / 2);
        return result == TeeResult.Cancel && origin == TeeOrigin.TrustedApp ? TeeResult.Success : TeeResult.Generic;
    }

    [Command(OsTest.CommandWait)]
    public static TeeResult Wait(RawParameters parameters)
    {
        Tee.UnmaskCancellation();
        return Tee.Wait(parameters.ToPass(0).A);
    }

    [Command(OsTest.CommandTa2TaMemref)]
    public static TeeResult Ta2TaMemref()
    {
        Span<byte> input = stackalloc byte[Ta2TaBufferSize], inOut = stackalloc byte[Ta2TaBufferSize], output = stackalloc byte[Ta2TaBufferSize];
        input.Fill(5);
        inOut.Fill(10);
        output.Clear();
        using TaClientSession other = TaClientSession.Open(OsTest.Uuid);
        Mix(other, input, inOut, output); // 5, 11, 16
        foreach (ref byte b in input)
            b++;
        foreach (ref byte b in inOut)
            b++;
        Mix(other, input, inOut, output); // 6, 13, 19
        bool expected = !input.ContainsAnyExcept((byte)6) && !inOut.ContainsAnyExcept((byte)13) && !output.ContainsAnyExcept((byte)19);
        return expected ? TeeResult.Success : TeeResult.Generic;
    }

    [Command(OsTest.CommandTa2TaMemrefMix)]
    public static TeeResult Ta2TaMemrefMix(MemrefInput input, MemrefInOut inOut, MemrefOutput output)
    {
        if (inOut.Size != input.Size || output.Size != input.Size)
            return TeeResult.BadParameters;
        for (int i = 0; i < input.Size; i++)
            output.Span[i] = unchecked((byte)(++inOut.Span[i] + input.Span[i]));
        return TeeResult.Success;
    }

    [Command(OsTest.CommandTa2TaMemrefSize0)]
    public static TeeResult Ta2TaMemrefSize0(MemrefInput input, MemrefInOut inOut, MemrefOutput output)
    {
        if (input is not { IsNull: false, Size: 0 } || inOut is not { IsNull: false, Size: 0 } || output is not { IsNull: false, Size: 0 })
            return TeeResult.BadParameters;
        using TaClientSession other = TaClientSession.Open(OsTest.Uuid);
        var operation = new TaOperation { P0 = TaParam.Input(input.Span), P1 = TaParam.InOut(inOut.Span), P2 = TaParam.Output(output.Span) };
        return other.TryInvoke(OsTest.CommandTa2TaMemrefMix, ref operation, out _);
    }

    private static void Mix(TaClientSession other, ReadOnlySpan<byte> input, Span<byte> inOut, Span<byte> output)
    {
        var operation = new TaOperation { P0 = TaParam.Input(input), P1 = TaParam.InOut(inOut), P2 = TaParam.Output(output) };
        other.Invoke(OsTest.CommandTa2TaMemrefMix, ref operation);
    }
}
