using System.Diagnostics;
using RestrictedTee.SmcTransport.Conduits;
using RestrictedTee.SmcTransport.Interop;

namespace RestrictedTee.NormalWorld.Serving;

/// <summary>
/// How one end of a connection waits for the next packet: it polls briefly where that is likely to pay, and then blocks.
/// </summary>
/// <remarks>
/// While a client's call is under way, the server's thread and the secure world's poll the conduit. Where there are no more
/// cores than these two need, the client gives its own away by blocking, is woken on it, and the server after it: to poll there
/// would take the core from the one that is waited for. Elsewhere a wake-up has to reach another core, which takes longer than
/// the call. Who is not heard while it polls polls less often, so that a client that pauses costs nothing.
/// </remarks>
internal sealed class SocketWait(int cores)
{
    /// <summary>The three of a call, and one for the rest of the machine.</summary>
    private const int CoresToPoll = 4;

    /// <summary>The length of a call; from then on others may run in between.</summary>
    private const int PollsBeforeYield = 16;

    private PollingBet _bet;

    internal SocketWait()
        : this(Environment.ProcessorCount)
    {
    }

    /// <summary>How often it has polled, for tests.</summary>
    internal int PollCount { get; private set; }

    /// <summary>Waits for one packet; as <see cref="DescriptorSocket.Receive"/>.</summary>
    internal Received Receive(DescriptorSocket socket, Span<byte> packet, ReceivedDescriptors descriptors, int allowed)
    {
        if (cores >= CoresToPoll && _bet.IsOn() && SpinGovernor.TryEnter())
        {
            bool heard;
            Received received;
            try
            {
                heard = TryPoll(socket, packet, descriptors, allowed, out received);
            }
            finally
            {
                SpinGovernor.Exit();
            }

            _bet.Note(heard);
            if (heard)
                return received;
        }

        return socket.Receive(packet, descriptors, allowed);
    }

    private bool TryPoll(DescriptorSocket socket, Span<byte> packet, ReceivedDescriptors descriptors, int allowed, out Received received)
    {
        PollCount++;
        long now = Stopwatch.GetTimestamp(), end = now + SpinGovernor.BudgetTicks;
        for (int polls = 0; ; polls++)
        {
            if (socket.TryReceiveNow(packet, descriptors, allowed, out received))
                return true;
            if (now >= end)
                return false;
            if (polls >= PollsBeforeYield)
                Thread.Yield();
            now = Stopwatch.GetTimestamp();
        }
    }
}

/// <summary>Whether to poll the next time: after each poll that was in vain, twice as many waits go without.</summary>
internal struct PollingBet
{
    internal const int MostSkipped = 63;

    private int _skips;
    private int _left;

    /// <summary>Asked before each wait.</summary>
    internal bool IsOn()
    {
        if (_left == 0)
            return true;
        _left--;
        return false;
    }

    /// <summary>What came of it.</summary>
    internal void Note(bool heard)
    {
        _skips = heard ? 0 : Math.Min((2 * _skips) + 1, MostSkipped);
        _left = _skips;
    }
}
