using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using RestrictedTee.NormalWorld.Uapi;

namespace RestrictedTee.NormalWorld.Interop;

/// <summary>Tries to look at what must not be looked at, with the means that Linux has for it. For <c>rtee play</c> and the tests.</summary>
internal static class MemoryProbe
{
    private const int Probe = 64;

    /// <summary>mmap(2).</summary>
    internal static bool TryMap(SafeFileHandle descriptor, int length, out string answer)
    {
        nint mapping = Libc.Mmap(0, (nuint)length, Libc.ProtRead, Libc.MapShared, descriptor, 0);
        if (mapping == Libc.MapFailed)
        {
            answer = ErrnoText();
            return false;
        }

        _ = Libc.Munmap(mapping, (nuint)length);
        answer = "mapped";
        return true;
    }

    /// <summary>Reads the secure world's pools through /proc/PID/mem, having found them in /proc/PID/maps.</summary>
    internal static (bool GotIn, string Answer) ReadPools(string processFolder)
    {
        try
        {
            List<(ulong Start, ulong End)> pools = FindPools(processFolder);
            if (pools.Count == 0)
                return (false, "no pool to be seen in its memory map");
            using SafeFileHandle memory = File.OpenHandle(processFolder + "/mem");
            Span<byte> loot = stackalloc byte[Probe];
            foreach ((ulong start, _) in pools)
            {
                try
                {
                    if (RandomAccess.Read(memory, loot, (long)start) > 0)
                        return (true, "read");
                }
                catch (IOException e)
                {
                    return (false, e.Message.Split(':')[0].Trim());
                }
            }

            return (false, "nothing to be read");
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            return (false, "EACCES on opening it");
        }
    }

    /// <summary>process_vm_readv(2).</summary>
    internal static (bool GotIn, string Answer) ReadByProcessVm(int pid)
    {
        ulong address = 0x1000;
        try
        {
            address = FindPools($"/proc/{pid}").Select(pool => pool.Start).FirstOrDefault(address);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            // Without the map an attacker would have to guess; the call is refused before the address matters.
        }

        try
        {
            Span<byte> loot = stackalloc byte[Probe];
            new UserMemory(pid).CopyFrom(address, loot);
            return (true, "read");
        }
        catch (TeeDriverException)
        {
            return (false, ErrnoText());
        }
    }

    /// <summary>
    /// secretmem mappings by their name; without them, anonymous mappings that are left out of core dumps and forks, which is
    /// how the fallback looks.
    /// </summary>
    private static List<(ulong Start, ulong End)> FindPools(string processFolder)
    {
        var pools = new List<(ulong, ulong)>();
        (ulong Start, ulong End) current = default;
        bool named = false;
        foreach (string line in File.ReadLines(processFolder + "/smaps"))
        {
            string[] parts = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (parts.Length >= 5 && parts[0].Contains('-', StringComparison.Ordinal))
            {
                string[] range = parts[0].Split('-');
                current = (ulong.Parse(range[0], NumberStyles.AllowHexSpecifier), ulong.Parse(range[1], NumberStyles.AllowHexSpecifier));
                named = line.Contains("secretmem", StringComparison.Ordinal);
                if (named)
                    pools.Add(current);
            }
            else if (!named && line.StartsWith("VmFlags:", StringComparison.Ordinal)
                && parts.Contains("dd") && parts.Contains("dc") && parts.Contains("wr"))
            {
                pools.Add(current);
            }
        }

        return pools;
    }

    private static string ErrnoText() => Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError());
}
