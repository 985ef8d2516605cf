using RestrictedTee.NormalWorld.Interop;

namespace RestrictedTee.NormalWorld.UserPages;

/// <summary>
/// All threads of a client but one, held so that none of them runs code of its program: what is copied out of their memory is what they will find there again. Made, used and left
/// on one thread.
/// </summary>
internal sealed class StoppedProcess
{
    private readonly Dictionary<int, Tracee> _threads = [];

    private StoppedProcess()
    {
    }

    /// <summary>Those that stand still, to make calls in their place.</summary>
    internal IEnumerable<Tracee> Standing => _threads.Values.Where(thread => thread.IsStopped);

    /// <summary>Stops a process.</summary>
    /// <param name="process">Which.</param>
    /// <param name="except">A thread that is left alone; 0 for none.</param>
    /// <param name="waits">Whether a thread waits in a system call for an answer of ours: on its way back to its program it stops.</param>
    /// <param name="deadline">How long to wait for those that are busy in the kernel.</param>
    /// <returns>Null when that cannot be: it is being debugged, is not ours, or has a thread that does not stop. Then nothing is held.</returns>
    internal static StoppedProcess? Stop(int process, int except, Predicate<int> waits, TimeSpan deadline)
    {
        var stopped = new StoppedProcess();
        long end = Environment.TickCount64 + (long)deadline.TotalMilliseconds;
        bool stand = false;
        while (stopped.SeizeNewOnes(process, except) is { } none)
        {
            if (none && stand)
                return stopped; // those that stood before this look at its threads have made no more of them
            stand = true;
            foreach (Tracee thread in stopped._threads.Values)
                stand &= thread.TryStop() || waits(thread.Id) || !IsAlive(process, thread.Id);
            if (Environment.TickCount64 > end)
                break;
            if (!stand)
                Thread.Sleep(0);
        }

        stopped.Detach();
        return null;
    }

    /// <summary>Lets all of them go on; those that have not stopped yet when the thread that this runs on ends.</summary>
    internal void Detach()
    {
        foreach (Tracee thread in _threads.Values)
            thread.Detach();
    }

    /// <returns>Whether there were none; null when one is not to be had.</returns>
    private bool? SeizeNewOnes(int process, int except)
    {
        bool none = true;
        foreach (int id in ThreadsOf(process))
        {
            if (id == except || _threads.ContainsKey(id))
                continue;
            if (Tracee.Seize(id) is { } thread && thread.Interrupt())
                _threads.Add(id, thread);
            else if (IsAlive(process, id) && Tracee.IsHeldByOthers(id))
                return null;
            none = false;
        }

        return none;
    }

    private static IEnumerable<int> ThreadsOf(int process)
    {
        try
        {
            return [.. Directory.EnumerateDirectories($"/proc/{process}/task").Select(path => int.Parse(Path.GetFileName(path)))];
        }
        catch (IOException)
        {
            return [];
        }
    }

    private static bool IsAlive(int process, int thread)
    {
        try
        {
            // pid (comm) state: comm may hold anything
            string stat = File.ReadAllText($"/proc/{process}/task/{thread}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..] is not ['Z' or 'X', ..];
        }
        catch (IOException)
        {
            return false;
        }
    }
}
