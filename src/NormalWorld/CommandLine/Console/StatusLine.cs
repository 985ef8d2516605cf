namespace RestrictedTee.CommandLine.Console;

/// <summary>
/// One line at the bottom of the terminal that says what is going on. Written to standard error, and only when that is a
/// terminal, so that neither a log nor a pipe ever sees it. While it lives, whatever this process prints goes where the line was,
/// and the line comes again below.
/// </summary>
internal sealed class StatusLine : IDisposable
{
    private const int MinMillisecondsBetweenUpdates = 100;

    private readonly Lock _lock = new(); // protects what is on the screen; held while it is written to, and taken under no lock but a writer's own
    private readonly TextWriter? _terminal;
    private readonly Func<int> _width;
    private readonly TextWriter _output = System.Console.Out, _errors = System.Console.Error;
    private string _shown = "";
    private bool _inLine;
    private long _last;

    internal StatusLine()
    {
        _width = () => TerminalWidth.Current;
        if (System.Console.IsErrorRedirected)
            return;
        _terminal = _errors;
        System.Console.SetError(Above(_errors));
        if (!System.Console.IsOutputRedirected)
            System.Console.SetOut(Above(_output));
    }

    /// <param name="terminal">Where the line stands.</param>
    /// <param name="width">How many columns it has.</param>
    internal StatusLine(TextWriter terminal, Func<int> width) => (_terminal, _width) = (terminal, width);

    internal void Show(string text)
    {
        lock (_lock)
        {
            long now = Environment.TickCount64;
            if (_terminal is null || _inLine || (_shown.Length > 0 && now - _last < MinMillisecondsBetweenUpdates))
                return;
            _last = now;
            // The last column stays free: a terminal that has written there may go on to the next line.
            string line = text[..Math.Min(text.Length, Math.Max(_width() - 1, 0))];
            _terminal.Write('\r' + line.PadRight(_shown.Length));
            _shown = line;
        }
    }

    /// <summary>Clears the line until it is shown again.</summary>
    internal void Clear()
    {
        lock (_lock)
        {
            Erase();
            _shown = "";
        }
    }

    /// <summary>A writer to the same terminal, whose lines come above this one.</summary>
    internal TextWriter Above(TextWriter writer) => new WriterAbove(writer, this);

    public void Dispose()
    {
        Clear();
        if (_terminal != _errors)
            return;
        System.Console.SetError(_errors);
        System.Console.SetOut(_output);
    }

    private void Erase()
    {
        if (_shown.Length > 0)
            _terminal!.Write('\r' + new string(' ', _shown.Length) + '\r');
    }

    private void WriteAbove(TextWriter writer, ReadOnlySpan<char> text)
    {
        if (text.IsEmpty)
            return;
        lock (_lock)
        {
            if (!_inLine)
                Erase();
            writer.Write(text);
            writer.Flush();
            _inLine = text[^1] != '\n';
            if (!_inLine)
                _terminal?.Write(_shown);
        }
    }

    private sealed class WriterAbove(TextWriter inner, StatusLine status) : TextWriter
    {
        public override System.Text.Encoding Encoding => inner.Encoding;

        public override void Write(char value) => status.WriteAbove(inner, [value]);

        public override void Write(char[] buffer, int index, int count) => status.WriteAbove(inner, buffer.AsSpan(index, count));

        public override void Write(ReadOnlySpan<char> buffer) => status.WriteAbove(inner, buffer);

        public override void Write(string? value) => status.WriteAbove(inner, value);

        public override void WriteLine(string? value) => status.WriteAbove(inner, value + Environment.NewLine);

        public override void Flush() => inner.Flush();
    }
}
