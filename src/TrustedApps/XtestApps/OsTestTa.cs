using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using RestrictedTee.Contracts;
using RestrictedTee.Sdk;

namespace RestrictedTee.TrustedApps.XtestApps;

/// <summary>The os_test TA, without what needs native code.</summary>
[TrustedApp(OsTest.UuidText, DataSize = 900 * 1024)]
[TaProperty("myprop.true", true)]
[TaProperty("myprop.42", 42u)]
[TaProperty("myprop.hello", LongText)]
public sealed class OsTestTa : TrustedApp
{
    private const string LongText =
        "hello property, larger than 80 characters, so that it checks that it is not truncated by anything in the source code which may be wrong";

    private const int Ta2TaBufferSize = 2 * 1024;

    [Command(OsTest.CommandInit)]
    public static void Init()
    {
    }

    [Command(OsTest.CommandPanic)]
    public static void PanicNow() => Tee.Panic(0);

    [Command(OsTest.CommandBasic)]
    public static TeeResult Basic(MemrefInput memory)
    {
        bool properties = Tee.GetProperty(PropertySet.CurrentTa, "myprop.true") is true
            && Tee.GetProperty(PropertySet.CurrentTa, "myprop.42") is 42u
            && Tee.GetProperty(PropertySet.CurrentTa, "myprop.hello") is LongText
            && Tee.GetProperty(PropertySet.CurrentTa, "gpd.ta.appID") is Guid id && id == OsTest.Uuid
            && Tee.GetProperty(PropertySet.CurrentTa, "no.such.property") is null
            && Tee.PropertyNames(PropertySet.CurrentTa).Contains("myprop.42");
        TeeTime before = Tee.SystemTime;
        bool waited = Tee.Wait(1) == TeeResult.Success;
        TeeTime after = Tee.SystemTime;
        bool time = waited && (after.Seconds, after.Millis).CompareTo((before.Seconds, before.Millis)) > 0 && Tee.ReeTime.Seconds > 1_500_000_000;
        using SecureMemory block = SecureMemory.Allocate(4 * 1024);
        bool zeroed = !block.Span.ContainsAnyExcept((byte)0);
        block.Span.Fill(0xAA);
        return properties && time && zeroed && memory.IsNormal && !memory.IsRestricted ? TeeResult.Success : TeeResult.Generic;
    }

    [Command(OsTest.CommandClient)]
    public static TeeResult Client()
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
        using TaClientSession other = TaClientSession.Open(OsTest.Uuid);
        var operation = new TaOperation { P0 = TaParam.ValueInput(milliseconds.A) };
        TeeResult result = other.TryInvoke(OsTest.CommandWait, ref operation, out TeeOrigin origin, timeout: milliseconds.A / 2);
        return result == TeeResult.Cancel && origin == TeeOrigin.TrustedApp ? TeeResult.Success : TeeResult.Generic;
    }

    [Command(OsTest.CommandWait)]
    public static TeeResult Wait(ValueInput milliseconds)
    {
        Tee.UnmaskCancellation();
        return Tee.Wait(milliseconds.A);
    }

    [Command(OsTest.CommandParamsAccess)]
    public static TeeResult ParamsAccess(MemrefInput memory, MemrefInput none) =>
        memory.IsNormal && none is { IsNull: true, Size: 0 } ? TeeResult.Success : TeeResult.BadParameters;

    [Command(OsTest.CommandBadMemAccess)]
    public static void BadMemAccess(ValueInput which) => Misbehave(which.A, []);

    [Command(OsTest.CommandBadMemAccess)]
    public static void BadMemAccess(ValueInput which, MemrefInOut memory) => Misbehave(which.A, memory.Span);

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

    [Command(OsTest.CommandParams)]
    public static TeeResult Params(MemrefInput p0, MemrefInput p1, MemrefOutput p2, MemrefOutput p3) =>
        p0 is { IsNull: false, Size: > 0 } && p1 is { IsNull: false, Size: > 0 } && p2 is { IsNull: false, Size: > 0 } && p3 is { IsNull: false, Size: > 0 }
            ? TeeResult.Success
            : TeeResult.BadParameters;

    [Command(OsTest.CommandNullMemrefParams)]
    public static TeeResult NullMemrefParams(MemrefInput p0, MemrefInput p1, MemrefOutput p2, MemrefOutput p3) =>
        p0 is { IsNull: false, Size: 0 } && p1 is { IsNull: true, Size: 0 } && p2 is { IsNull: false, Size: 0 } && p3 is { IsNull: true, Size: 0 }
            ? TeeResult.Success
            : TeeResult.BadParameters;

    [Command(OsTest.CommandClientIdentity)]
    public static void ClientIdentity(ValueOutput login, MemrefOutput uuid)
    {
        TeeIdentity identity = Tee.ClientIdentity;
        login.A = identity.Login;
        Span<byte> bytes = stackalloc byte[Marshal.SizeOf<Guid>()];
        identity.Uuid.TryWriteBytes(bytes); // the layout of TEE_UUID in memory
        uuid.Write(bytes);
    }

    private static void Mix(TaClientSession other, ReadOnlySpan<byte> input, Span<byte> inOut, Span<byte> output)
    {
        var operation = new TaOperation { P0 = TaParam.Input(input), P1 = TaParam.InOut(inOut), P2 = TaParam.Output(output) };
        other.Invoke(OsTest.CommandTa2TaMemrefMix, ref operation);
    }

    /// <summary>
    /// What managed code can do of the seven sins of the original: the runtime catches each where the MMU would have.
    /// </summary>
    private static void Misbehave(uint which, Span<byte> memory)
    {
        string? nothing = null;
        Action? noFunction = null;
        object data = "data";
        switch (which)
        {
            case 1: // write through a null pointer
                _ = nothing!.Length;
                break;
            case 2: // write far outside of what one was given
                memory[0x4000_0000] = 0;
                break;
            case 3: // call through a null pointer
                noFunction!();
                break;
            case 4: // jump into data
                ((Action)data)();
                break;
            case 5: // run an undefined instruction
                UndefinedInstruction();
                break;
            case 6: // read an allocation of size 0
                _ = Array.Empty<byte>()[(int)which - 6];
                break;
            case 7: // write an allocation of size 0
                Array.Empty<byte>()[(int)which - 7] = 0;
                break;
        }
    }

    private static void UndefinedInstruction()
    {
        var method = new DynamicMethod("undefined", typeof(int), Type.EmptyTypes, typeof(OsTestTa).Module);
        method.GetILGenerator().Emit(OpCodes.Add); // nothing is on the stack: no runtime accepts it
        method.CreateDelegate<Func<int>>()();
    }
}
