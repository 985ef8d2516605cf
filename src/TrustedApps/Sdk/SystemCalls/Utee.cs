using System.Runtime.InteropServices;
using System.Text;

namespace RestrictedTee.Sdk;

/// <summary>
/// The system calls as methods, one each, named as upstream's library names them (_utee_* in OP-TEE/optee_os
/// lib/libutee/include/utee_syscalls.h). They put arguments into registers and take results out, and add nothing.
/// </summary>
internal static partial class Utee
{
    [ThreadStatic]
    private static ISystemCalls? s_entry;

    private static ISystemCalls Entry => s_entry
        ?? throw new InvalidOperationException("The TEE's services can be used on the thread on which the TEE called the trusted application, and on no other.");

    internal static void BindToThread(ISystemCalls entry) => s_entry = entry;

    internal static void Log(TraceLevel level, string message)
    {
        scoped var frame = default(SystemCallFrame);
        frame.GiveInput(0, Encoding.UTF8.GetBytes(message));
        frame[2] = (ulong)level;
        Enter(SystemCall.Log, ref frame);
    }

    internal static void Panic(uint code, uint function)
    {
        var frame = new SystemCallFrame { [0] = code, [1] = function };
        Enter(SystemCall.Panic, ref frame);
    }

    internal static TeeResult GetPropertyNameToIndex(PropertySet set, string name, out uint index)
    {
        scoped var frame = new SystemCallFrame { [0] = (uint)set };
        frame.GiveInput(1, Encoding.UTF8.GetBytes(name));
        TeeResult result = Enter(SystemCall.GetPropertyNameToIndex, ref frame);
        index = frame.UInt32(3);
        return result;
    }

    internal static TeeResult GetProperty(PropertySet set, uint index, Span<byte> name, out int nameSize, Span<byte> value, out int valueSize, out PropertyType type)
    {
        scoped var frame = new SystemCallFrame { [0] = (uint)set, [1] = index };
        frame.GiveOutput(2, name);
        frame.GiveOutput(4, value);
        TeeResult result = Enter(SystemCall.GetProperty, ref frame);
        (nameSize, valueSize, type) = (frame.Size(3), frame.Size(5), (PropertyType)frame.UInt32(6));
        return result;
    }

    internal static TeeResult OpenTaSession(Guid uuid, uint timeout, ref TaOperation operation, out uint session, out TeeOrigin origin)
    {
        Span<ulong> halves = stackalloc ulong[2];
        uuid.TryWriteBytes(MemoryMarshal.AsBytes(halves));
        var frame = new SystemCallFrame { [0] = halves[0], [1] = halves[1], [2] = timeout, Memory = operation };
        TeeResult result = Enter(SystemCall.OpenTaSession, ref frame);
        operation = frame.Memory;
        (session, origin) = (frame.UInt32(3), (TeeOrigin)frame.UInt32(4));
        return result;
    }

    internal static TeeResult InvokeTaCommand(uint session, uint timeout, uint command, ref TaOperation operation, out TeeOrigin origin)
    {
        var frame = new SystemCallFrame { [0] = session, [1] = timeout, [2] = command, Memory = operation };
        TeeResult result = Enter(SystemCall.InvokeTaCommand, ref frame);
        operation = frame.Memory;
        origin = (TeeOrigin)frame.UInt32(4);
        return result;
    }

    internal static TeeResult CloseTaSession(uint session)
    {
        var frame = new SystemCallFrame { [0] = session };
        return Enter(SystemCall.CloseTaSession, ref frame);
    }

    internal static TeeResult CheckAccessRights(MemoryAccess flags, ReadOnlySpan<byte> memory)
    {
        scoped var frame = new SystemCallFrame { [0] = (uint)flags };
        frame.GiveInput(1, memory);
        return Enter(SystemCall.CheckAccessRights, ref frame);
    }

    internal static bool GetCancellationFlag() => Ask(SystemCall.GetCancellationFlag);

    internal static bool MaskCancellation() => Ask(SystemCall.MaskCancellation);

    internal static bool UnmaskCancellation() => Ask(SystemCall.UnmaskCancellation);

    internal static TeeResult Wait(uint milliseconds)
    {
        var frame = new SystemCallFrame { [0] = milliseconds };
        return Enter(SystemCall.Wait, ref frame);
    }

    internal static TeeResult GetTime(TimeCategory category, out TeeTime time)
    {
        var frame = new SystemCallFrame { [0] = (uint)category };
        TeeResult result = Enter(SystemCall.GetTime, ref frame);
        time = new TeeTime(frame.UInt32(1), frame.UInt32(2));
        return result;
    }

    internal static TeeResult SetTaTime(TeeTime time)
    {
        var frame = new SystemCallFrame { [0] = time.Seconds, [1] = time.Millis };
        return Enter(SystemCall.SetTaTime, ref frame);
    }

    internal static TeeResult CacheOperation(Span<byte> memory, CacheMaintenance operation)
    {
        scoped var frame = default(SystemCallFrame);
        frame.GiveOutput(0, memory);
        frame[2] = (uint)operation;
        return Enter(SystemCall.CacheOperation, ref frame);
    }

    private static TeeResult Enter(SystemCall call, ref SystemCallFrame frame) => Entry.Enter(call, ref frame);

    private static bool Ask(SystemCall call)
    {
        var frame = default(SystemCallFrame);
        Enter(call, ref frame);
        return frame[0] != 0;
    }
}
