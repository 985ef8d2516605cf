using System.Runtime.InteropServices;

namespace RestrictedTee.SmcTransport.Interop;

/// <summary>Waits until the far end of one of many sockets has gone, whatever lies unread on it: poll(2) for POLLRDHUP alone.</summary>
internal sealed unsafe class HangupPoll
{
    private Libc.PollFd[] _fds = new Libc.PollFd[1];

    /// <param name="sockets">Numbers of descriptors. One that is closed meanwhile may be reported, or not.</param>
    /// <param name="wake">Ends the wait when there is something to read on it, which stays there.</param>
    /// <param name="milliseconds">How long; -1 for as long as it takes.</param>
    /// <param name="hungUp">Is given the indices of those whose far end has gone.</param>
    internal void Wait(ReadOnlySpan<int> sockets, PipeEnd wake, int milliseconds, List<int> hungUp)
    {
        hungUp.Clear();
        if (_fds.Length < sockets.Length + 1)
            _fds = new Libc.PollFd[2 * (sockets.Length + 1)];
        _fds[0] = new Libc.PollFd { Fd = (int)wake.Handle.DangerousGetHandle(), Events = Libc.PollIn };
        for (int i = 0; i < sockets.Length; i++)
            _fds[i + 1] = new Libc.PollFd { Fd = sockets[i], Events = Libc.PollRdHup };
        fixed (Libc.PollFd* fds = _fds)
        {
            if (Libc.Poll(fds, (nuint)sockets.Length + 1, milliseconds) < 0)
                return;
        }

        for (int i = 0; i < sockets.Length; i++)
        {
            if (_fds[i + 1].Returned != 0)
                hungUp.Add(i);
        }
    }
}
