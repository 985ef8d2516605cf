using RestrictedTee.Contracts;
using RestrictedTee.Sdk;

namespace RestrictedTee.SecureWorld.PseudoTas;

/// <summary>
/// The pseudo TA of xtest's invoke tests (core/pta/tests/invoke.c upstream); the contract is <see cref="InvokeTests"/>.
/// </summary>
[TrustedApp(
    InvokeTests.UuidText,
    Flags = TaFlags.SingleInstance | TaFlags.MultiSession | TaFlags.InstanceKeepAlive | TaFlags.SecureDataPath | TaFlags.Concurrent,
    Description = "invoke_tests.pta")]
internal sealed class InvokeTestsPta : TrustedApp
{
    private readonly MutexTest _mutex = new();

    [Command(InvokeTests.CommandTrace)]
    public static void Trace(RawParameters parameters) => Tee.Trace(TraceLevel.Info, "pseudo TA \"invoke_tests.pta\" says \"Hello world !\"");

    [Command(InvokeTests.CommandSelfTests)]
    public static TeeResult SelfTests(RawParameters parameters) => CoreSelfTests.Run();

    [Command(InvokeTests.CommandMutex)]
    public TeeResult Mutex(ValueInput test, ValueOutput concurrency) => _mutex.Run(test, concurrency);

    [Command(InvokeTests.CommandLockdep)]
    public static TeeResult Lockdep(RawParameters parameters) => TeeResult.NotSupported; // CFG_LOCKDEP (misc.h)

    [Command(InvokeTests.CommandDtDriverTests)]
    public static void DtDriverTests(RawParameters parameters) => Tee.Trace(TraceLevel.Info, "dt_driver tests are not embedded"); // misc.c

    [Command(InvokeTests.CommandTransferListTests)]
    public static TeeResult TransferListTests(RawParameters parameters) => TeeResult.NotSupported; // CFG_TRANSFER_LIST_TEST (misc.h)

    [Command(InvokeTests.CommandMemrefNull)]
    public static TeeResult MemrefNull(MemrefInOut memory) =>
        memory.IsNull && memory.Size == 0 ? TeeResult.Success : TeeResult.BadParameters;

    /// <summary>
    /// One in/out value anywhere: a += b. Three input values and one output anywhere: the sums. One in/out memref anywhere:
    /// its first byte becomes the sum of all.
    /// </summary>
    [Command(InvokeTests.CommandParams)]
    public static TeeResult Params(RawParameters parameters)
    {
        for (int i = 0; i < ParameterTypes.Count; i++)
        {
            if (parameters.Types == Only(i, ParameterType.ValueInOut, ParameterType.None))
            {
                ValueInOut value = parameters.Get<ValueInOut>(i);
                value.A = unchecked(value.A + value.B);
                return TeeResult.Success;
            }

            if (parameters.Types == Only(i, ParameterType.ValueOutput, ParameterType.ValueInput))
                return SumValues(parameters, i);
            if (parameters.Types == Only(i, ParameterType.MemrefInOut, ParameterType.None))
                return SumBytes(parameters.Get<MemrefInOut>(i));
        }

        return TeeResult.BadParameters;
    }

    [Command(InvokeTests.CommandCopyNsecToSec)]
    public static TeeResult CopyNsecToSec(MemrefInput source, MemrefOutput destination)
    {
        if (destination.Size < source.Size)
        {
            destination.Size = source.Size;
            return TeeResult.ShortBuffer;
        }

        if (!source.IsNormal || !destination.IsRestricted)
            return TeeResult.BadParameters;
        source.Span.CopyTo(destination.Span);
        return TeeResult.Success;
    }

    [Command(InvokeTests.CommandReadModifySec)]
    public static TeeResult ReadModifySec(MemrefInOut memory)
    {
        if (!memory.IsRestricted)
            return TeeResult.BadParameters;
        foreach (ref byte b in memory.Span)
            b = unchecked((byte)(~b + 1));
        return TeeResult.Success;
    }

    [Command(InvokeTests.CommandCopySecToNsec)]
    public static TeeResult CopySecToNsec(MemrefInput source, MemrefOutput destination)
    {
        if (destination.Size < source.Size)
        {
            destination.Size = source.Size;
            return TeeResult.ShortBuffer;
        }

        if (!source.IsRestricted || !destination.IsNormal)
            return TeeResult.BadParameters;
        source.Span.CopyTo(destination.Span);
        return TeeResult.Success;
    }

    private static TeeResult SumValues(RawParameters parameters, int output)
    {
        (uint a, uint b) = (0, 0);
        for (int i = 0; i < ParameterTypes.Count; i++)
        {
            if (i == output)
                continue;
            ValueInput input = parameters.Get<ValueInput>(i);
            (a, b) = unchecked((a + input.A, b + input.B));
        }

        ValueOutput sum = parameters.Get<ValueOutput>(output);
        (sum.A, sum.B) = (a, b);
        return TeeResult.Success;
    }

    private static TeeResult SumBytes(MemrefInOut memory)
    {
        if (memory.Span.IsEmpty)
            return TeeResult.BadParameters;
        byte sum = 0;
        foreach (byte b in memory.Span)
            sum = unchecked((byte)(sum + b));
        memory.Span[0] = sum;
        return TeeResult.Success;
    }

    private static ParameterTypes Only(int index, ParameterType type, ParameterType others)
    {
        ParameterType At(int i) => i == index ? type : others;
        return ParameterTypes.Of(At(0), At(1), At(2), At(3));
    }
}
