using Microsoft.Win32.SafeHandles;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Interop;

namespace RestrictedTee.NormalWorld.Seccomp;

/// <summary>
/// Descriptors that clients do not get to use up: without one this process can neither look at a client nor load what it needs to say so. The kernel
/// gives the lowest number that is free, so a high one tells that few are left.
/// </summary>
internal static class DescriptorReserve
{
    private const int Kept = 32;

    /// <summary>A pipe for a client, whose reader never waits: a device has no read(2).</summary>
    /// <exception cref="TeeDriverException">EMFILE.</exception>
    internal static (SafeFileHandle Read, SafeFileHandle Write) CreatePipe()
    {
        (SafeFileHandle Read, SafeFileHandle Write) pipe;
        try
        {
            pipe = PipeEnd.CreatePipe(mayBlock: false);
        }
        catch (IOException e)
        {
            throw new TeeDriverException(Errno.EMFILE, e.Message);
        }

        try
        {
            Check(pipe.Write);
            return pipe;
        }
        catch
        {
            pipe.Read.Dispose();
            pipe.Write.Dispose();
            throw;
        }
    }

    /// <summary>Refuses one that was made for a client when it is among the last.</summary>
    /// <exception cref="TeeDriverException">EMFILE.</exception>
    internal static void Check(SafeFileHandle made)
    {
        int number = (int)made.DangerousGetHandle(), limit = DescriptorLimit.Raise();
        if (number >= limit - Kept)
            throw new TeeDriverException(Errno.EMFILE, $"Clients use up the {limit} descriptors of 'rtee run'; close some, or raise its limit (ulimit -n).");
    }
}
