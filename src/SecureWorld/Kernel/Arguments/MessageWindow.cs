using System.Runtime.InteropServices;
using RestrictedTee.SecureWorld.Kernel.Memory;
using RestrictedTee.SmcTransport.Abi;

namespace RestrictedTee.SecureWorld.Kernel.Arguments;

/// <summary>
/// The place in normal RAM where a message lies. It is read once, into private memory, and written field by field: only
/// results go back, so nothing that the normal world changes meanwhile is echoed or looked at again (invariant 3).
/// </summary>
internal readonly unsafe ref struct MessageWindow
{
    private readonly Span<byte> _bytes;

    private MessageWindow(Span<byte> bytes) => _bytes = bytes;

    /// <summary>Opens the window at an offset of a memory object; false when the head does not fit or is not aligned.</summary>
    internal static bool TryOpen(MemoryObject memory, ulong offset, out MessageWindow window)
    {
        window = default;
        if (memory is not PlainMemory plain || offset % sizeof(ulong) != 0 || plain.Address % sizeof(ulong) != 0 || !memory.Contains(offset, OpteeMsgArg.Size))
            return false;
        ulong length = Math.Min(memory.Size - offset, OpteeMsg.PageSize * 2);
        window = new MessageWindow(new Span<byte>((void*)(plain.Address + (nint)offset), (int)length));
        return true;
    }

    /// <summary>
    /// Copies the message in; false when its parameters (and the RPC argument behind them, if asked for) do not fit.
    /// Parameters beyond what any command takes are counted but not copied.
    /// </summary>
    internal bool TryRead(ref OpteeMessage message, int trailingBytes)
    {
        message.ReadHead(_bytes);
        uint count = message.Arg.ParameterCount;
        if (count > OpteeMsg.MaxParameters || OpteeMsg.ArgSize((int)count) + trailingBytes > _bytes.Length)
            return false;
        message.ReadParameters(_bytes, Math.Min((int)count, OpteeMessage.Capacity));
        return true;
    }

    /// <summary>Copies a whole message out, as an RPC request is.</summary>
    internal void WriteAll(ref OpteeMessage message) => message.WriteTo(_bytes, (int)message.Arg.ParameterCount);

    internal void WriteSession(uint session) => Write(OpteeMsgArg.SessionOffset, session);

    internal void WriteOutcome(uint result, uint origin)
    {
        Write(OpteeMsgArg.ResultOffset, result);
        Write(OpteeMsgArg.ResultOriginOffset, origin);
    }

    internal void WriteValue(int parameter, ulong a, ulong b)
    {
        Write(ParamOffset(parameter) + OpteeMsgParam.AOffset, a);
        Write(ParamOffset(parameter) + OpteeMsgParam.BOffset, b);
    }

    internal void WriteValue(int parameter, ulong a, ulong b, ulong c)
    {
        WriteValue(parameter, a, b);
        Write(ParamOffset(parameter) + OpteeMsgParam.COffset, c);
    }

    internal void WriteSize(int parameter, ulong size) => Write(ParamOffset(parameter) + OpteeMsgParam.BOffset, size);

    private static int ParamOffset(int parameter) => OpteeMsgArg.Size + (parameter * OpteeMsgParam.Size);

    private void Write<T>(int offset, T value)
        where T : struct => MemoryMarshal.Write(_bytes[offset..], in value);
}
