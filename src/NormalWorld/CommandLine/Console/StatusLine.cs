namespace RestrictedTee.CommandLine.Console;

/// <summary>
/// One line at the bottom of the terminal that says what is going on. Written to standard error, and only when that is a
/// terminal, so that neither a log nor a pipe ever sees it.
/// </summary>
internal sealed class StatusLine : IDisposable
{
    private const int MinMillisecondsBetweenUpdates = 100;

    private readonly bool _enabled = !System.Console.IsErrorRedirected;
    private long _last;
    private int _length;

    internal void Show(string text)
    {
        long now = Environment.TickCount64;
        if (!_enabled || now - _last < MinMillisecondsBetweenUpdates)
            return;
        _last = now;
        string line = text.Length >= System.Console.BufferWidth ? text[..Math.Max(System.Console.BufferWidth - 1, 0)] : text;
        System.Console.Error.Write('\r' + line.PadRight(_length));
        _length = line.Length;
    }

    /// <summary>Clears the line, so that something else can be printed there.</summary>
    internal void Clear()
    {
        if (_enabled && _length > 0)
            System.Console.Error.Write('\r' + new string(' ', _length) + '\r');
        _length = 0;
        _last = 0;
    }

    public void Dispose() => Clear();
}

/// <summary>Standard output that clears the status line before it prints.</summary>
internal sealed class StatusAwareWriter(TextWriter inner, StatusLine status) : TextWriter
{
    public override System.Text.Encoding Encoding => inner.Encoding;

    public override void Write(char value) => inner.Write(value);

    public override void WriteLine(string? value)
    {
        status.Clear();
        inner.WriteLine(value);
    }
}
