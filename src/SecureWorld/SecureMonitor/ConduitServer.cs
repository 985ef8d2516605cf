using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Kernel.Messages;
using RestrictedTee.SecureWorld.Kernel.Sessions;
using RestrictedTee.SecureWorld.Kernel.Threads;
using RestrictedTee.SmcTransport.Conduits;
using RestrictedTee.SmcTransport.Frames;
using Serilog;

namespace RestrictedTee.SecureWorld.SecureMonitor;

/// <summary>Serves one conduit on a thread of its own until the normal world closes it: one CPU's view of the monitor.</summary>
internal sealed class ConduitServer(IConduit conduit, int number, bool isFastOnly, IFrameDispatcher dispatcher, MessageEntry messages, ISystemCalls systemCalls)
{
    /// <summary>Room for as many TAs calling each other as there may be.</summary>
    private const int StackSize = CallStack.MaxDepth * CallStack.StackPerTa;

    private readonly TeeThread _thread = new(conduit, number, isFastOnly);

    internal Thread Start(string name)
    {
        var thread = new Thread(Run, StackSize) { IsBackground = true, Name = name };
        thread.Start();
        return thread;
    }

    private void Run()
    {
        _thread.BindToOsThread();
        Utee.BindToThread(systemCalls);
        SmcFrame frame = default;
        try
        {
            while (conduit.TryReceive(ref frame))
            {
                _thread.OpenedSession = 0;
                FrameBorder.Serve(dispatcher, ref frame, _thread);
                if (conduit.TrySend(frame))
                    continue;
                messages.AnswerLost(_thread);
                break;
            }
        }
        catch (ConduitClosedException)
        {
            // The normal world went while a partition had yielded.
        }
        catch (Exception e)
        {
            Log.Error("Conduit {Number} ends: {Exception} at {Stack}", number, e.GetType().Name, e.StackTrace);
        }
        finally
        {
            conduit.Dispose();
        }
    }
}
