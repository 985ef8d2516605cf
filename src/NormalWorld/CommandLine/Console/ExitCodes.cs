namespace RestrictedTee.CommandLine.Console;

/// <summary>What the process exits with.</summary>
internal static class ExitCodes
{
    internal const int Success = 0;

    /// <summary>The command ran and something failed.</summary>
    internal const int Failed = 1;

    /// <summary>The command line, the settings, or what they name, make no sense.</summary>
    internal const int Usage = 2;
}
