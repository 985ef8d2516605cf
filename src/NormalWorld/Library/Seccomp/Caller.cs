using RestrictedTee.NormalWorld.Device;
using RestrictedTee.NormalWorld.Uapi;

namespace RestrictedTee.NormalWorld.Seccomp;

/// <summary>Who makes a system call, by its thread (proc_pid_status(5)).</summary>
internal static class Caller
{
    /// <summary>Its process.</summary>
    /// <exception cref="TeeDriverException">EINTR: it has gone.</exception>
    internal static int ProcessOf(int thread) => Read(thread).Process;

    /// <summary>Its process, and the effective ids.</summary>
    /// <exception cref="TeeDriverException">EINTR: it has gone.</exception>
    internal static ClientIdentity IdentityOf(int thread)
    {
        (int process, uint uid, uint gid) = Read(thread);
        return ClientIdentity.Of(process, uid, gid);
    }

    private static (int Process, uint Uid, uint Gid) Read(int thread)
    {
        try
        {
            (int process, uint uid, uint gid) = (thread, 0, 0);
            foreach (string line in File.ReadLines($"/proc/{thread}/status"))
            {
                string[] words = line.Split(['\t', ' '], StringSplitOptions.RemoveEmptyEntries);
                switch (words)
                {
                    case ["Tgid:", var id]:
                        process = int.Parse(id);
                        break;
                    case ["Uid:", _, var effective, ..]:
                        uid = uint.Parse(effective);
                        break;
                    case ["Gid:", _, var effective, ..]:
                        gid = uint.Parse(effective);
                        return (process, uid, gid);
                }
            }

            return (process, uid, gid);
        }
        catch (IOException)
        {
            throw new TeeDriverException(Errno.EINTR, "The caller has gone.");
        }
    }
}
