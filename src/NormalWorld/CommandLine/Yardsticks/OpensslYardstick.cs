using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace RestrictedTee.CommandLine.Yardsticks;

/// <summary>What openssl's own measurement says of this machine at this moment (openssl-speed(1)).</summary>
internal static class OpensslYardstick
{
    private const string Name = "openssl";

    /// <summary>Throughput of an algorithm over a buffer of so many bytes in MiB/s; null where there is no openssl to ask.</summary>
    internal static double? Measure(string algorithm, int size)
    {
        var start = new ProcessStartInfo(Name, ["speed", "-seconds", "1", "-bytes", size.ToString(CultureInfo.InvariantCulture), "-evp", algorithm])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            using Process process = Process.Start(start)!;
            process.ErrorDataReceived += (_, _) => { }; // its progress, which must not fill the pipe
            process.BeginErrorReadLine();
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? Parse(output) : null;
        }
        catch (Win32Exception)
        {
            return null;
        }
    }

    /// <summary>Its last line: the algorithm, and thousands of bytes a second with a k behind.</summary>
    internal static double? Parse(string output)
    {
        string? last = output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault();
        string? figure = last?.Split(' ', StringSplitOptions.RemoveEmptyEntries).LastOrDefault();
        return figure is [.. var digits, 'k'] && double.TryParse(digits, CultureInfo.InvariantCulture, out double thousands) ? thousands * 1000 / (1 << 20) : null;
    }
}
