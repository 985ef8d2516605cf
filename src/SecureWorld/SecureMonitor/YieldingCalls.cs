using RestrictedTee.SecureWorld.Kernel.Arguments;
using RestrictedTee.SecureWorld.Kernel.Memory;
using RestrictedTee.SecureWorld.Kernel.Messages;
using RestrictedTee.SecureWorld.Kernel.Threads;
using RestrictedTee.SmcTransport.Abi;

namespace RestrictedTee.SecureWorld.SecureMonitor;

/// <summary>How a yielding call ended, before its border puts it into its own words.</summary>
internal enum CallOutcome
{
    /// <summary>The message was carried out; its result stands in it.</summary>
    Done,

    /// <summary>The message does not lie where it may.</summary>
    BadAddress,

    /// <summary>The message asks for what is not known.</summary>
    BadCommand,

    /// <summary>No thread is free.</summary>
    ThreadLimit,
}

/// <summary>A yielding call, whichever ABI it came by: takes a thread, copies the message in, and has it carried out.</summary>
internal sealed class YieldingCalls(MessageEntry messages, ThreadLimit threads, RpcClient rpc)
{
    /// <summary>Carries out the message at an offset of memory; the reference stays the caller's.</summary>
    internal CallOutcome Run(MemoryObject memory, ulong offset, ulong cookie, bool hasRpcArgument, TeeThread thread)
    {
        int trailing = hasRpcArgument ? OpteeMsg.ArgSize(OpteeSmc.RpcParameterCount) : 0;
        var message = default(OpteeMessage);
        if (!MessageWindow.TryOpen(memory, offset, out MessageWindow window) || !window.TryRead(ref message, trailing))
            return CallOutcome.BadAddress;

        if (thread.IsFastOnly)
        {
            if (message.Arg.Command != (uint)OpteeMsgCommand.Cancel)
                return CallOutcome.ThreadLimit;
            return messages.Handle(ref message, window) ? CallOutcome.Done : CallOutcome.BadCommand;
        }

        if (!threads.TryEnter(out uint resume))
            return CallOutcome.ThreadLimit;
        thread.ResumeInformation = resume;
        // The place of a supplied RPC argument is fixed by the call, so the normal world may reuse its record from call to call.
        if (hasRpcArgument)
            thread.RpcArgument = thread.SuppliedArgument(memory, offset + (ulong)OpteeMsg.ArgSize((int)message.Arg.ParameterCount), cookie);
        try
        {
            return messages.Handle(ref message, window) ? CallOutcome.Done : CallOutcome.BadCommand;
        }
        finally
        {
            try
            {
                rpc.EndOfCall(thread);
            }
            finally
            {
                thread.RpcArgument = null;
                thread.ResumeInformation = 0;
                threads.Exit();
            }
        }
    }
}
