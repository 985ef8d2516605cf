using RestrictedTee.SmcTransport.Frames;

namespace RestrictedTee.SmcTransport.Conduits;

/// <summary>
/// One end of a conduit: the path of one CPU into the monitor and back. Frames arrive in the order sent, whole.
/// </summary>
/// <remarks>
/// An end belongs to one thread at a time: a call stays on its conduit until it returns, its RPCs included.
/// Disposing one end wakes the other, whose <see cref="TryReceive"/> then returns false. Any thread may dispose an end, also
/// while another is in a call on it, which then returns false.
/// </remarks>
public interface IConduit : IDisposable
{
    /// <summary>Sends one frame to the other world.</summary>
    /// <returns>False when the other world has closed its end.</returns>
    bool TrySend(in SmcFrame frame);

    /// <summary>Waits for the next frame from the other world.</summary>
    /// <returns>False when the other world has closed its end, with nothing left to read.</returns>
    bool TryReceive(ref SmcFrame frame);
}
