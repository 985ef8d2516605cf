namespace RestrictedTee.CommandLine.Measurement;

/// <summary>What /proc tells of a process.</summary>
internal static class ProcStat
{
    private const double TicksPerSecond = 100; // USER_HZ, the same on every Linux that .NET runs on

    internal static double ResidentMiB(int pid)
    {
        string line = File.ReadLines($"/proc/{pid}/status").First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal));
        return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2]) / 1024;
    }

    internal static double CpuSeconds(int pid)
    {
        // Behind the command in parentheses, which may hold anything: fields 14 and 15 are utime and stime (proc(5)).
        string stat = File.ReadAllText($"/proc/{pid}/stat");
        string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return (double.Parse(fields[11]) + double.Parse(fields[12])) / TicksPerSecond;
    }
}
