using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Kernel.Sessions;

namespace RestrictedTee.SecureWorld.PseudoTas.Sockets;

/// <summary>
/// A wait for a peer, cut into requests of <see cref="Slice"/> at most, since nothing reaches a request that has left for the normal world. Cancellation
/// is unmasked meanwhile: the calling TA's own mask has decided already whether one travels this far.
/// </summary>
internal readonly ref struct SocketWait
{
    /// <summary>Milliseconds of one request: how long a cancellation may go unheard, and how often a TA that waits for long costs a call.</summary>
    internal const uint Slice = 100;

    private readonly long _until;
    private readonly bool _wasMasked;

    private SocketWait(long until, bool wasMasked) => (_until, _wasMasked) = (until, wasMasked);

    /// <summary>Begins, in the call that runs.</summary>
    /// <param name="timeout">Milliseconds; TEE_TIMEOUT_INFINITE.</param>
    internal static SocketWait Begin(uint timeout) =>
        new(timeout == TaClientSession.InfiniteTimeout ? long.MaxValue : Environment.TickCount64 + timeout, Tee.UnmaskCancellation());

    /// <summary>Milliseconds for the next request; 0 when the time is up.</summary>
    internal uint Next => (uint)Math.Clamp(_until - Environment.TickCount64, 0, Slice);

    /// <summary>Why to wait no longer, whatever time is left; Success when there is no reason.</summary>
    internal static TeeResult Interruption =>
        Tee.CancellationRequested ? TeeResult.Cancel : CallStack.Current.IsForNobody ? TeeResult.Communication : TeeResult.Success;

    public void Dispose()
    {
        if (_wasMasked)
            Tee.MaskCancellation();
    }
}
