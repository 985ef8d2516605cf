using RestrictedTee.SmcTransport.Abi;

namespace RestrictedTee.Tests.Harness;

/// <summary>Messages as a driver writes them, for tests that play one.</summary>
internal static class RawMessages
{
    /// <summary>Opens a session with a TA, by nobody in particular.</summary>
    internal static OpteeMessage OpenSession(Guid ta)
    {
        var message = default(OpteeMessage);
        message.Arg.Command = (uint)OpteeMsgCommand.OpenSession;
        message.Arg.ParameterCount = 2;
        message.Params[0].Attr = OpteeMsg.AttrMeta | (ulong)OpteeMsgAttr.ValueInput;
        message.Params[1].Attr = OpteeMsg.AttrMeta | (ulong)OpteeMsgAttr.ValueInput;
        UuidOctets.Write(ref message.Params[0], ta);
        return message;
    }

    /// <summary>Lays a message out in memory; returns how many parameters there was room for.</summary>
    internal static int WriteTo(this ref OpteeMessage message, Span<byte> memory)
    {
        int count = (int)Math.Min(message.Arg.ParameterCount, OpteeMessage.Capacity);
        message.ArgBytes().CopyTo(memory);
        message.ParamBytes(count).CopyTo(memory[OpteeMsgArg.Size..]);
        return count;
    }
}
