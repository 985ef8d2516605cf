using Microsoft.Win32.SafeHandles;
using RestrictedTee.Contracts;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.DmaBuf;
using RestrictedTee.NormalWorld.Uapi;

namespace RestrictedTee.CommandLine.Play;

/// <summary>What one attempt came to.</summary>
/// <param name="What">What was tried.</param>
/// <param name="GotIn">Whether it gave a byte of the content.</param>
/// <param name="Answer">What was answered.</param>
internal sealed record Attempt(string What, bool GotIn, string Answer);

/// <summary>What an attacker in the normal world would try on content that has just been played.</summary>
internal static class Attacker
{
    private const int Probe = 64;

    internal static IEnumerable<Attempt> Try(TeeContext tee, SecurePlayer player, int secureWorldPid)
    {
        yield return MapHandle(player.Handle);
        yield return MapDescriptor(player.Handle);
        if (secureWorldPid != 0)
        {
            yield return ReadProcessMemory(secureWorldPid);
            yield return Trace(secureWorldPid);
        }

        yield return Dump(tee, player);
        yield return AskTaWithoutProperty(tee, player);
        foreach (Attempt attempt in OracleAttacks.Try(tee, player))
            yield return attempt;
    }

    private static Attempt MapHandle(DmaBufHandle handle)
    {
        const string What = "map the buffer by its handle";
        try
        {
            return new Attempt(What, GotIn: !handle.Map().IsEmpty, "mapped");
        }
        catch (TeeDriverException e)
        {
            return new Attempt(What, GotIn: false, e.Errno.ToString());
        }
    }

    private static Attempt MapDescriptor(DmaBufHandle handle)
    {
        using SafeFileHandle descriptor = handle.ExportDescriptor();
        bool mapped = NormalWorld.Interop.MemoryProbe.TryMap(descriptor, Probe, out string answer);
        return new Attempt("mmap its file descriptor", mapped, answer);
    }

    private static Attempt ReadProcessMemory(int pid)
    {
        const string What = "read the pools in /proc/PID/mem";
        (bool gotIn, string answer) = NormalWorld.Interop.MemoryProbe.ReadPools($"/proc/{pid}");
        return new Attempt(What, gotIn, answer);
    }

    private static Attempt Trace(int pid)
    {
        (bool gotIn, string answer) = NormalWorld.Interop.MemoryProbe.ReadByProcessVm(pid);
        return new Attempt("read them with process_vm_readv", gotIn, answer);
    }

    private static Attempt Dump(TeeContext tee, SecurePlayer player)
    {
        using TeeSession leaky = tee.OpenSession(SdpBasic.Uuid);
        byte[] loot = new byte[Probe];
        TeecResult result = leaky.TryInvoke(
            SdpBasic.CommandDump,
            new Operation(Parameter.Partial(player.Restricted, Direction.Input, 0, Probe), Parameter.TempOutput(loot)),
            out TeecOrigin origin);
        return new Attempt("ask a TA that dumps restricted memory", result == TeecResult.Success, $"{result} from {origin}");
    }

    private static Attempt AskTaWithoutProperty(TeeContext tee, SecurePlayer player)
    {
        using TeeSession crypt = tee.OpenSession(Crypt.Uuid);
        byte[] digest = new byte[ContentReader.DigestSize];
        TeecResult result = crypt.TryInvoke(
            Crypt.CommandSha256,
            new Operation(Parameter.Partial(player.Restricted, Direction.Input, 0, Probe), Parameter.TempOutput(digest)),
            out TeecOrigin origin);
        return new Attempt("ask a TA without the secure-data-path property", result == TeecResult.Success, $"{result} from {origin}");
    }
}
