using System.Diagnostics;
using System.Reflection;
using System.Text;
using RestrictedTee.SecureWorld.Kernel.Calls;
using RestrictedTee.SecureWorld.TaStore;
using Serilog;

namespace RestrictedTee.SecureWorld.Boot;

/// <summary>
/// The console of trusted applications. What one writes becomes lines of the secure log: standard output belongs to whoever
/// invoked it. What the secure world itself writes goes to standard error.
/// </summary>
internal sealed class TaConsole : TextWriter
{
    private readonly object _gate = new(); // protects _lines; not held while the log is written
    private Dictionary<Writer, StringBuilder> _lines = [];
    private readonly TextWriter _own;

    private TaConsole(TextWriter own) => _own = own;

    /// <summary>Who writes: a TA, and the assembly of it.</summary>
    private readonly record struct Writer(Guid Ta, string Assembly);

    public override Encoding Encoding => Encoding.UTF8;

    /// <summary>Takes the console of the process over, to be called once, before anything of a TA is loaded.</summary>
    /// <returns>Writes out the lines that nobody has ended.</returns>
    internal static Action TakeOver()
    {
        var console = new TaConsole(new StreamWriter(Console.OpenStandardError()) { AutoFlush = true });
        Console.SetOut(console);
        Console.SetError(console);
        Console.SetIn(TextReader.Null);
        return console.EndLines;
    }

    public override void Write(char value) => Write([value]);

    public override void Write(char[] buffer, int index, int count) => Write(buffer.AsSpan(index, count));

    public override void Write(string? value) => Write(value.AsSpan());

    public override void Write(ReadOnlySpan<char> buffer)
    {
        if (FindWriter() is not { } writer)
        {
            _own.Write(buffer);
            return;
        }

        List<string> lines = [];
        lock (_gate)
        {
            if (!_lines.TryGetValue(writer, out StringBuilder? line))
                _lines.Add(writer, line = new StringBuilder());
            foreach (char c in buffer)
            {
                if (c != '\n')
                    line.Append(c);
                if (c != '\n' && line.Length < LogWords.MaxLength)
                    continue;
                lines.Add(line.ToString());
                line.Clear();
            }
        }

        foreach (string text in lines)
            Tell(writer, text);
    }

    private void EndLines()
    {
        Dictionary<Writer, StringBuilder> left;
        lock (_gate)
            (left, _lines) = (_lines, []);
        foreach ((Writer writer, StringBuilder line) in left)
        {
            if (line.Length != 0)
                Tell(writer, line.ToString());
        }
    }

    private static void Tell(Writer writer, string line) =>
        Log.Information("TA {Uuid} ({Assembly}) wrote to its console: {Line}", writer.Ta, writer.Assembly, LogWords.Of(line.TrimEnd('\r')));

    /// <summary>The TA whose code is nearest, also on a thread of its own; null for the secure world.</summary>
    private static Writer? FindWriter()
    {
        foreach (StackFrame frame in new StackTrace(fNeedFileInfo: false).GetFrames())
        {
            if (frame.GetMethod() is MethodBase { Module.Assembly: var assembly } && TaLoadContext.OwnerOf(assembly) is { } ta)
                return new Writer(ta, assembly.GetName().Name ?? "");
        }

        return null;
    }
}
