namespace RestrictedTee.CommandLine.Console;

/// <summary>How many columns the terminal has.</summary>
internal static class TerminalWidth
{
    /// <summary>Of terminals that do not say: a serial line, an expect script.</summary>
    private const int Usual = 80;

    internal static int Current
    {
        get
        {
            try
            {
                return System.Console.BufferWidth is var columns and > 0 ? columns : Usual;
            }
            catch (IOException)
            {
                return Usual;
            }
        }
    }
}
