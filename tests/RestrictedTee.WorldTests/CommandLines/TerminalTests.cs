using System.Globalization;
using RestrictedTee.CommandLine.Console;
using Spectre.Console;

namespace RestrictedTee.WorldTests.CommandLines;

/// <summary>What stands on the screen, and what a pipe gets.</summary>
public sealed class TerminalTests
{
    private const string Long = "a note that is far longer than any terminal is wide, and that says, after all of that, what it is that it has to say: here it ends";

    [Fact]
    public void A_line_of_the_log_stands_where_the_status_line_was_and_the_status_line_below_it()
    {
        using var screen = new Screen();
        using var status = new StatusLine(screen, () => 40);
        TextWriter log = status.Above(screen);

        status.Show("[1/22] regression_1001, 12 s");
        log.WriteLine("secure log: ok");
        log.Write("in ");
        log.Write("parts");
        log.WriteLine();

        Assert.Equal(["secure log: ok", "in parts", "[1/22] regression_1001, 12 s"], screen.Lines);
    }

    [Fact]
    public void The_status_line_does_not_break_into_a_line_that_is_not_finished()
    {
        using var screen = new Screen();
        using var status = new StatusLine(screen, () => 40);
        TextWriter log = status.Above(screen);

        log.Write("half a ");
        status.Show("busy");
        log.WriteLine("line");

        Assert.Equal(["half a line", ""], screen.Lines);
    }

    [Fact]
    public void The_status_line_leaves_nothing_behind_and_never_wraps()
    {
        using var screen = new Screen();
        using (var status = new StatusLine(screen, () => 10))
        {
            status.Show("longer than ten columns");
            Assert.Equal(["longer th"], screen.Lines);
        }

        Assert.Equal([""], screen.Lines);
    }

    [Theory]
    [InlineData(60)]
    [InlineData(80)]
    [InlineData(132)]
    public void A_table_is_no_wider_than_the_terminal(int width)
    {
        using var output = new StringWriter();

        Tables.Print(LongTable(), "a title", output, width);

        Assert.All(output.ToString().Split('\n'), line => Assert.True(line.Length <= width, $"{line.Length}: {line}"));
    }

    [Fact]
    public void A_pipe_gets_every_row_of_a_table_on_one_line_in_full()
    {
        using var output = new StringWriter();

        Tables.Print(LongTable(), "a title", output, width: null);

        string text = output.ToString();
        Assert.Contains(Long, text, StringComparison.Ordinal);
        Assert.DoesNotContain('\t', text);
        Assert.DoesNotContain('\u001b', text);
        Assert.DoesNotContain('…', text);
    }

    [Fact]
    public void A_warning_reaches_standard_error_though_the_log_is_made_late()
    {
        TextWriter errors = System.Console.Error;
        using var caught = new StringWriter();
        System.Console.SetError(caught);
        try
        {
            using var log = new LateLogger();
            ((Serilog.ILogger)log).Warning("The {Thing} is {State}", "device", "gone");
            ((Serilog.ILogger)log).Information("nobody asked");
        }
        finally
        {
            System.Console.SetError(errors);
        }

        Assert.Equal("normal world: WRN The device is gone", caught.ToString().Trim());
    }

    private static Table LongTable() => Tables.Create().AddColumns("name", "note").AddRow("first", Long).AddRow("second", "short");

    /// <summary>A terminal that knows carriage returns and line feeds.</summary>
    private sealed class Screen : StringWriter
    {
        internal Screen()
            : base(CultureInfo.InvariantCulture)
        {
        }

        internal IEnumerable<string> Lines => ToString().Split('\n').Select(OnScreen);

        private static string OnScreen(string line)
        {
            char[] cells = new char[line.Length];
            int at = 0, end = 0;
            foreach (char c in line)
            {
                if (c == '\r')
                {
                    at = 0;
                    continue;
                }

                cells[at++] = c;
                end = Math.Max(end, at);
            }

            return new string(cells, 0, end).TrimEnd();
        }
    }
}
