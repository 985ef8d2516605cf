using System.Globalization;
using RestrictedTee.NormalWorld.Interop;

namespace RestrictedTee.NormalWorld.UserPages;

/// <summary>One mapping of a process (proc_pid_maps(5)).</summary>
/// <param name="Range">Its addresses.</param>
/// <param name="Protection">PROT_*.</param>
/// <param name="IsShared">MAP_SHARED.</param>
/// <param name="Offset">Where in its file it begins.</param>
/// <param name="File">Which file.</param>
/// <param name="Name">Its name, or what else it is.</param>
internal readonly record struct ProcessMapping(UserRange Range, int Protection, bool IsShared, ulong Offset, FileIdentity File, string Name)
{
    private const int Read = 1, Write = 2, Execute = 4;

    internal bool IsWritable => (Protection & Write) != 0;

    internal bool IsExecutable => (Protection & Execute) != 0;

    /// <summary>The main thread's stack, which grows by itself at its lower end.</summary>
    internal bool IsGrowingStack => Name == "[stack]";

    /// <summary>PROT_* of pages that are to be filled before they have their own.</summary>
    internal static int ToCopyInto(int protection) => protection | Read | Write;

    internal static ProcessMapping Parse(string line)
    {
        // 7f0c8a000000-7f0c8a021000 rw-p 00000000 00:01 1234      /memfd:name (deleted)
        string[] words = line.Split(' ', 6, StringSplitOptions.RemoveEmptyEntries);
        string[] addresses = words[0].Split('-');
        string[] device = words[3].Split(':');
        string rights = words[1];
        return new ProcessMapping(
            new UserRange(Hex(addresses[0]), Hex(addresses[1])),
            (rights[0] == 'r' ? Read : 0) | (rights[1] == 'w' ? Write : 0) | (rights[2] == 'x' ? Execute : 0),
            rights[3] == 's',
            Hex(words[2]),
            new FileIdentity((uint)Hex(device[0]), (uint)Hex(device[1]), ulong.Parse(words[4], CultureInfo.InvariantCulture)),
            words.Length > 5 ? words[5].TrimEnd() : "");
    }

    private static ulong Hex(string digits) => ulong.Parse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}

/// <summary>What a process has mapped at this moment.</summary>
internal static class ProcessMap
{
    /// <summary>All of it, by rising addresses; empty when the process has gone, or is not ours to look at.</summary>
    internal static IReadOnlyList<ProcessMapping> Of(int process) => Below(process, ulong.MaxValue);

    /// <summary>What begins below an address: of a process that has mapped much, what it has mapped last mostly comes first.</summary>
    internal static IReadOnlyList<ProcessMapping> Below(int process, ulong end)
    {
        try
        {
            return [.. File.ReadLines($"/proc/{process}/maps").Select(ProcessMapping.Parse).TakeWhile(mapping => mapping.Range.Start < end)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
