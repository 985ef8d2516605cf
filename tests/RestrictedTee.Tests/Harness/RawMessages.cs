using RestrictedTee.SmcTransport.Abi;

namespace RestrictedTee.Tests.Harness;

/// <summary>Messages as a driver writes them, for tests that play one.</summary>
internal static class RawMessages
{
    /// <summary>What a message that opens a session and passes nothing has: two meta parameters.</summary>
    internal const int OpenSessionParameters = 2;

    /// <summary>Opens a session with a TA, by nobody in particular.</summary>
    internal static OpteeMessage OpenSession(Guid ta)
    {
        var message = default(OpteeMessage);
        message.Arg.Command = (uint)OpteeMsgCommand.OpenSession;
        message.Arg.ParameterCount = OpenSessionParameters;
        message.Params[0].Attr = OpteeMsg.AttrMeta | (ulong)OpteeMsgAttr.ValueInput;
        message.Params[1].Attr = OpteeMsg.AttrMeta | (ulong)OpteeMsgAttr.ValueInput;
        UuidOctets.Write(ref message.Params[0], ta);
        return message;
    }
}
