using RestrictedTee.SecureWorld.SecretMemory;
using Serilog;

namespace RestrictedTee.SecureWorld.Screens;

/// <summary>
/// What a person in front of the device would see, as a file: the one place where restricted content leaves, and only because whoever
/// started the secure world asked for it. The newest whole frame always ends in the file; those that come faster than the file can be
/// written are passed over.
/// </summary>
/// <remarks>
/// Pictures are written by a thread of its own: how long one takes depends on what it shows, and the normal world could read that off the
/// end of its job. There are at most three pictures: one that is being composed, one that waits, and one that is being written; each is
/// wiped after that. Without anybody who asks there is no such object, and neither thread, memory nor library.
/// </remarks>
internal sealed class Screen(ScreenFile file, SecretMemoryChoice choice) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4); // the launcher kills after five

    private readonly object _lock = new(); // protects the fields below, pulsed when one changes; a leaf
    private readonly List<ScreenFrame> _spare = [];
    private ScreenFrame? _waiting;
    private Thread? _thread;
    private bool _isWriting;
    private bool _isEnding;
    private bool _hasFailed; // said once in the log, and again after a success

    /// <summary>Gives out memory for a frame; null when there is none, which the log tells.</summary>
    internal ScreenFrame? Begin(int width, int height)
    {
        lock (_lock)
        {
            int at = _spare.FindIndex(frame => frame.Width == width && frame.Height == height);
            ScreenFrame? spare = at < 0 ? null : _spare[at];
            if (spare is not null)
            {
                _spare.RemoveAt(at);
                return spare;
            }

            _spare.ForEach(frame => frame.Dispose());
            _spare.Clear();
        }

        try
        {
            return new ScreenFrame(width, height, choice);
        }
        catch (IOException e)
        {
            Fail(e.Message);
            return null;
        }
    }

    /// <summary>The frame is whole: it is the newest.</summary>
    internal void Show(ScreenFrame frame)
    {
        lock (_lock)
        {
            if (_waiting is { } passedOver)
                PutAway(passedOver);
            _waiting = frame;
            if (_thread is null && !_isEnding)
            {
                var thread = new Thread(Write) { IsBackground = true, Name = "screen" };
                thread.Start(); // when there is none to be had, the next frame tries again
                _thread = thread;
            }

            Monitor.PulseAll(_lock);
        }
    }

    /// <summary>The frame did not come to its end.</summary>
    internal void Drop(ScreenFrame frame)
    {
        lock (_lock)
            PutAway(frame);
    }

    /// <summary>Waits until the newest frame is in the file.</summary>
    /// <returns>False when that takes longer than a process may take for its end.</returns>
    internal bool Finish()
    {
        long deadline = Environment.TickCount64 + (long)Patience.TotalMilliseconds;
        lock (_lock)
        {
            while (_isWriting || (_waiting is not null && _thread is not null))
            {
                long left = deadline - Environment.TickCount64;
                if (left <= 0 || !Monitor.Wait(_lock, (int)left))
                    return false;
            }

            return true;
        }
    }

    /// <summary>Writes the newest frame, and no more after it.</summary>
    public void Dispose()
    {
        bool isDone = Finish();
        lock (_lock)
        {
            _isEnding = true;
            Monitor.PulseAll(_lock);
        }

        if (isDone)
            _thread?.Join();
        lock (_lock)
        {
            _spare.ForEach(frame => frame.Dispose());
            _spare.Clear();
        }
    }

    private void Write()
    {
        while (TryTake(out ScreenFrame? frame))
        {
            try
            {
                file.Replace(to => PngEncoding.Encode(frame, to));
                _hasFailed = false;
            }
            catch (Exception e)
            {
                Fail(e is IOException or UnauthorizedAccessException ? e.Message : e.GetType().Name);
            }

            lock (_lock)
            {
                _isWriting = false;
                PutAway(frame);
                Monitor.PulseAll(_lock);
            }
        }
    }

    private bool TryTake([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out ScreenFrame? frame)
    {
        lock (_lock)
        {
            while (_waiting is null && !_isEnding)
                Monitor.Wait(_lock);
            (frame, _waiting) = (_waiting, null);
            _isWriting = frame is not null;
            return _isWriting;
        }
    }

    private void PutAway(ScreenFrame frame)
    {
        frame.Wipe();
        if (_isEnding)
            frame.Dispose();
        else
            _spare.Add(frame);
    }

    private void Fail(string reason)
    {
        if (!_hasFailed)
            Log.Error("The screen is not written: {Reason}", reason);
        _hasFailed = true;
    }
}
