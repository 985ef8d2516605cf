using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Kernel.Sessions;
using RestrictedTee.SecureWorld.Kernel.Threads;
using RestrictedTee.SmcTransport.Conduits;
using RestrictedTee.SmcTransport.Frames;
using Serilog;

namespace RestrictedTee.SecureWorld.SecureMonitor;

/// <summary>Serves one conduit on a thread of its own until the normal world closes it: one CPU's view of the monitor.</summary>
internal sealed class ConduitServer(IConduit conduit, int number, bool isFastOnly, IFrameDispatcher dispatcher, TeeCore services)
{
    /// <summary>Room for <see cref="CallStack.MaxDepth"/> TAs calling each other, each with something of its own on the stack.</summary>
    private const int StackSize = 4 << 20;

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
        services.BindToThread();
        SmcFrame frame = default;
        try
        {
            while (conduit.TryReceive(ref frame))
            {
                Handle(ref frame);
                if (!conduit.TrySend(frame))
                    break;
            }
        }
        catch (ConduitClosedException)
        {
            // The normal world went while a call was suspended in an RPC.
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

    private void Handle(ref SmcFrame frame)
    {
        try
        {
            dispatcher.Handle(ref frame, _thread);
        }
        catch (Exception e) when (e is not ConduitClosedException)
        {
            // A defect of the kernel: the caller gets an answer and the others go on being served.
            Log.Error("Internal error while handling function 0x{Function:x8}: {Exception} at {Stack}", frame.A0, e.GetType().Name, e.StackTrace);
            dispatcher.Fail(ref frame);
        }
    }
}
