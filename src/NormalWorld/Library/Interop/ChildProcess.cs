using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace RestrictedTee.NormalWorld.Interop;

/// <summary>
/// A process that this one has started, with nothing on its standard input. What <see cref="System.Diagnostics.Process"/> loads and
/// sets up to offer more than that costs a cold start several milliseconds.
/// </summary>
internal sealed class ChildProcess
{
    /// <summary>What the number of a signal that ended a process is added to, as shells and Process say it.</summary>
    internal const int SignalledBase = 128;

    private readonly object _gate = new(); // protects _exitCode and _whenEnded, and the process id from being another's; a leaf
    private readonly List<Action> _whenEnded = [];
    private int? _exitCode;

    private ChildProcess(int id) => Id = id;

    internal int Id { get; }

    internal bool HasExited => TryGetExitCode() is not null;

    internal int? TryGetExitCode()
    {
        lock (_gate)
            return _exitCode;
    }

    /// <param name="program">Its path.</param>
    /// <param name="arguments">Without the program's own name.</param>
    /// <param name="environment">All that it is to see.</param>
    /// <exception cref="Win32Exception">It cannot be started.</exception>
    internal static unsafe ChildProcess Start(string program, IReadOnlyList<string> arguments, IReadOnlyList<string> environment)
    {
        const int ReadOnly = 0, StandardInput = 0;
        using var words = new NativeStrings([program, .. arguments]);
        using var variables = new NativeStrings(environment);
        Libc.SpawnFileActions actions = default;
        int error = Libc.SpawnFileActionsInit(ref actions);
        if (error != 0)
            throw new Win32Exception(error);
        int id;
        try
        {
            error = Libc.SpawnFileActionsAddOpen(ref actions, StandardInput, "/dev/null", ReadOnly, 0);
            if (error == 0)
                error = Libc.Spawn(out id, program, ref actions, 0, words.Pointer, variables.Pointer);
            else
                id = 0;
        }
        finally
        {
            _ = Libc.SpawnFileActionsDestroy(ref actions);
        }

        if (error != 0)
            throw new Win32Exception(error);
        var child = new ChildProcess(id);
        new Thread(child.Reap) { IsBackground = true, Name = $"end of process {id}" }.Start();
        return child;
    }

    /// <summary>Calls back when the process has ended, on a thread of the pool.</summary>
    internal void WhenEnded(Action action)
    {
        lock (_gate)
        {
            if (_exitCode is null)
            {
                _whenEnded.Add(action);
                return;
            }
        }

        ThreadPool.QueueUserWorkItem(_ => action());
    }

    /// <summary>Ends it, whatever it is doing.</summary>
    internal void Kill()
    {
        lock (_gate)
        {
            if (_exitCode is null)
                _ = Libc.Kill(Id, Libc.SigKill); // it may be on its way out, which is as well
        }
    }

    internal void WaitForExit()
    {
        lock (_gate)
        {
            while (_exitCode is null)
                Monitor.Wait(_gate);
        }
    }

    /// <returns>False when it has not ended by then.</returns>
    internal bool WaitForExit(TimeSpan timeout)
    {
        long deadline = Environment.TickCount64 + (long)timeout.TotalMilliseconds;
        lock (_gate)
        {
            while (_exitCode is null)
            {
                long left = deadline - Environment.TickCount64;
                if (left <= 0 || !Monitor.Wait(_gate, (int)left))
                    return _exitCode is not null;
            }

            return true;
        }
    }

    /// <summary>
    /// Waits for the end, on a thread of its own. The kernel keeps the process id until the process is reaped, which is done under
    /// the lock, so that nobody kills another process that got the same number.
    /// </summary>
    private void Reap()
    {
        _ = Wait(Id, Libc.WExited | Libc.WNoWait);
        Action[] whenEnded;
        lock (_gate)
        {
            _exitCode = Wait(Id, Libc.WExited);
            whenEnded = [.. _whenEnded];
            Monitor.PulseAll(_gate);
        }

        foreach (Action action in whenEnded)
            ThreadPool.QueueUserWorkItem(_ => action());
    }

    /// <summary>Waits for the end of a child that a thread of this process may trace: waitid(2) would take the stops that are that thread's to take.</summary>
    /// <returns>As <see cref="Wait"/>.</returns>
    internal static unsafe int WaitForEndOfTraced(int id)
    {
        var poll = new SmcTransport.Interop.Libc.PollFd { Fd = (int)Libc.PidFdOpen(Libc.PidFdOpenNumber, id, 0), Events = SmcTransport.Interop.Libc.PollIn };
        using var owner = new SafeFileHandle(poll.Fd, ownsHandle: true);
        while (poll.Fd >= 0 && SmcTransport.Interop.Libc.Poll(&poll, 1, Timeout.Infinite) < 0 && Marshal.GetLastPInvokeError() == Libc.Eintr)
        {
        }

        return Wait(id, Libc.WExited);
    }

    /// <summary>Waits for a child (waitid(2)).</summary>
    /// <returns>Its exit status, or 128 and the signal that ended it; -1 when the kernel has kept none.</returns>
    internal static int Wait(int id, int options)
    {
        Libc.SigInfo info;
        int result;
        do
        {
            result = Libc.WaitId(Libc.PPid, id, out info, options);
        }
        while (result < 0 && Marshal.GetLastPInvokeError() == Libc.Eintr);

        // A program that embeds us may ignore SIGCHLD, and then the kernel keeps no status.
        if (result < 0)
            return -1;
        return info.Code == Libc.CldExited ? info.Status : SignalledBase + info.Status;
    }
}
