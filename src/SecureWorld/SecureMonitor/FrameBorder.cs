using RestrictedTee.SecureWorld.Kernel.Threads;
using RestrictedTee.SmcTransport.Frames;
using Serilog;

namespace RestrictedTee.SecureWorld.SecureMonitor;

/// <summary>
/// The border at which every frame of the normal world is answered: those that begin a call, and those that come while one is
/// suspended. A defect that is met on the way costs that frame an error, and nobody else anything: below a suspended call lies a TA.
/// </summary>
internal static class FrameBorder
{
    /// <exception cref="ConduitClosedException">The conduit was closed while the frame's call was suspended.</exception>
    internal static void Serve(IFrameDispatcher dispatcher, ref SmcFrame frame, TeeThread thread)
    {
        uint function = frame.A0;
        try
        {
            dispatcher.Handle(ref frame, thread);
        }
        catch (Exception e) when (e is not ConduitClosedException)
        {
            Log.Error("Internal error while handling function 0x{Function:x8}: {Exception} at {Stack}", function, e.GetType().Name, e.StackTrace);
            dispatcher.Fail(ref frame);
        }
    }
}
