using RestrictedTee.SecureWorld.Kernel.Threads;
using RestrictedTee.SmcTransport.Frames;

namespace RestrictedTee.SecureWorld.SecureMonitor;

/// <summary>What a conduit's frames are given to: the SMC entry or the SPMC.</summary>
internal interface IFrameDispatcher
{
    /// <summary>Answers one frame in place. Whatever the registers hold, there is an answer (invariant 2).</summary>
    void Handle(ref SmcFrame frame, TeeThread thread);

    /// <summary>The answer to a frame whose handling met a defect of the kernel.</summary>
    void Fail(ref SmcFrame frame);
}
