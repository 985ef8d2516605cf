using System.Runtime.ExceptionServices;
using RestrictedTee.SmcTransport.Interleaving;

namespace RestrictedTee.Tests.Interleaving;

/// <summary>
/// Decides for two threads who goes when: one is held at a point inside what must be one step, the other then runs until it has
/// ended or waits. Time plays no part; deadlines are there for tests that would hang.
/// </summary>
internal static class Scheduler
{
    /// <summary>Holds the first at a point, lets the second run as far as it gets, then lets the first go on, and awaits both.</summary>
    /// <returns>Whether the second ended while the first was held.</returns>
    internal static bool Interleave(string point, Action first, Action second)
    {
        ScheduledThread held = ScheduledThread.HeldAt(point, first);
        ScheduledThread other = ScheduledThread.Run(second);
        bool passed = other.HasEnded;
        held.Finish();
        other.Finish();
        return passed;
    }

    /// <summary>What the first is in the middle of keeps the second out.</summary>
    internal static void AssertExcludes(string point, Action first, Action second) =>
        Assert.False(Interleave(point, first, second), $"A second thread passed while one was at {point}.");
}

/// <summary>A thread that runs only as far as the test lets it.</summary>
internal sealed class ScheduledThread
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private readonly Thread _thread;
    private readonly string? _point;
    private readonly ManualResetEventSlim _arrived = new();
    private readonly ManualResetEventSlim _released = new();
    private int _arrivals;
    private volatile bool _isHeld;
    private volatile bool _hasBegun;
    private volatile bool _hasEnded;
    private ExceptionDispatchInfo? _failure;

    private ScheduledThread(string? point, Action body)
    {
        _point = point;
        _thread = new Thread(() => Execute(body)) { IsBackground = true, Name = $"scheduled, {point}" };
    }

    internal bool HasEnded => _hasEnded;

    /// <summary>Starts a thread and returns when it, or a thread that it started, is held at a point, which happens once.</summary>
    internal static ScheduledThread HeldAt(string point, Action body)
    {
        var made = new ScheduledThread(point, body);
        made._thread.Start();
        Assert.True(made._arrived.Wait(Deadline), $"Nobody comes to {point}: {made._failure?.SourceException}");
        return made;
    }

    /// <summary>Starts a thread and returns when it has ended or waits.</summary>
    internal static ScheduledThread Run(Action body)
    {
        var made = new ScheduledThread(point: null, body);
        made._thread.Start();
        made.AwaitRest();
        return made;
    }

    /// <summary>Lets it go on from the point, and returns when it has ended or waits.</summary>
    internal void LetGo()
    {
        _released.Set();
        AwaitRest();
    }

    /// <summary>Lets it go on, awaits its end and throws what it has thrown.</summary>
    internal void Finish()
    {
        _released.Set();
        Assert.True(_thread.Join(Deadline), "A thread does not end though nobody is in its way.");
        _failure?.Throw();
    }

    private void Execute(Action body)
    {
        if (_point is not null)
            InterleavingPoint.Reached = Hold;
        _hasBegun = true;
        try
        {
            body();
        }
        catch (Exception e)
        {
            _failure = ExceptionDispatchInfo.Capture(e);
        }

        _hasEnded = true;
    }

    private void Hold(string point)
    {
        if (point != _point || Interlocked.Increment(ref _arrivals) != 1)
            return;
        _isHeld = true;
        _arrived.Set();
        _released.Wait(Deadline);
        _isHeld = false;
    }

    /// <summary>
    /// The runtime, too, lets a thread wait now and then, for a moment: it is taken to wait for another thread when it does so
    /// each time that one looks. Where it must wait it does for good, so that looking too briefly could hide a fault, and never make one up.
    /// </summary>
    private void AwaitRest()
    {
        const int Looks = 200;
        long until = Environment.TickCount64 + (long)Deadline.TotalMilliseconds;
        for (int waiting = 0; !_hasEnded && waiting < Looks;)
        {
            Assert.True(Environment.TickCount64 < until, "A thread neither ends nor waits.");
            Thread.Yield();
            waiting = _hasBegun && !_isHeld && (_thread.ThreadState & ThreadState.WaitSleepJoin) != 0 ? waiting + 1 : 0;
        }
    }
}
