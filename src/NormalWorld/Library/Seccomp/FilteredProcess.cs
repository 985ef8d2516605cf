using System.ComponentModel;
using RestrictedTee.NormalWorld.Interop;

namespace RestrictedTee.NormalWorld.Seccomp;

/// <summary>
/// A program that runs as if it were alone, in the same terminal and with the same standard streams, below a filter that it hands on to
/// whatever it starts.
/// </summary>
internal sealed class FilteredProcess
{
    private readonly int _id;

    private FilteredProcess(int id) => _id = id;

    /// <summary>Starts a program; the calls that it makes on its way wait for whoever receives them.</summary>
    /// <param name="command">The program, by path or to be found in PATH, and its arguments.</param>
    /// <param name="receive">Receives; on a thread of its own, until nobody is left.</param>
    /// <exception cref="Win32Exception">It cannot be started, or filtered.</exception>
    internal static FilteredProcess Start(IReadOnlyList<string> command, Action<NotificationListener> receive)
    {
        using var spawn = new ProcessSpawn(command);
        var handed = new TaskCompletionSource<NotificationListener?>();
        FilteredProcess? started = null;
        Win32Exception? failure = null;
        new Thread(Receive) { IsBackground = true, Name = "clients' system calls" }.Start();

        // The filter is of a thread and its children, so it goes on one that does nothing else, and ends. What that does from the filter
        // on must open nothing, since the loader's locks, held over an open that waits, would be in the way of who answers it: so all of it
        // has been done once before, and a thread is neither made nor named there.
        NotificationListener.Rehearse();
        spawn.Rehearse();
        var thread = new Thread(FilterAndStart) { Name = "filter" };
        thread.Start();
        thread.Join();
        return started ?? throw failure!;

        void Receive()
        {
            if (handed.Task.Result is { } listener)
                receive(listener);
        }

        void FilterAndStart()
        {
            try
            {
                NotificationListener listener = NotificationListener.InstallOnThisThread();
                handed.SetResult(listener);
                started = new FilteredProcess(spawn.Start());
            }
            catch (Win32Exception e)
            {
                failure = e;
                handed.TrySetResult(null);
            }
        }
    }

    /// <summary>Waits for its end.</summary>
    /// <returns>Its exit status, or 128 and the signal that ended it.</returns>
    internal int WaitForExit() => ChildProcess.WaitForEndOfTraced(_id) is >= 0 and var status ? status : ChildProcess.SignalledBase;
}
