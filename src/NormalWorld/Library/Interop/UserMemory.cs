using RestrictedTee.NormalWorld.Uapi;

namespace RestrictedTee.NormalWorld.Interop;

/// <summary>
/// The memory of the process that made an ioctl: copy_from_user and copy_to_user. A bad address is an error, not a crash,
/// also when that process is this one.
/// </summary>
/// <param name="pid">The process, or a thread of it.</param>
/// <param name="gate">Held to read by who writes the memory; null when nothing ever wants it left alone.</param>
internal sealed unsafe class UserMemory(int pid, ReaderWriterLockSlim? gate = null)
{
    /// <summary>This process.</summary>
    internal static UserMemory Self { get; } = new(Environment.ProcessId);

    /// <exception cref="TeeDriverException">EFAULT.</exception>
    internal void CopyFrom(ulong address, Span<byte> destination)
    {
        fixed (byte* p = destination)
        {
            var local = new Libc.IoVec { Base = (nuint)p, Length = (nuint)destination.Length };
            var remote = new Libc.IoVec { Base = (nuint)address, Length = (nuint)destination.Length };
            if (Libc.ProcessVmReadV(pid, &local, 1, &remote, 1, 0) != destination.Length)
                throw Fault("read", address, destination.Length);
        }
    }

    /// <exception cref="TeeDriverException">EFAULT.</exception>
    internal void CopyTo(ReadOnlySpan<byte> source, ulong address)
    {
        gate?.EnterReadLock();
        try
        {
            Write(source, address);
        }
        finally
        {
            gate?.ExitReadLock();
        }
    }

    private void Write(ReadOnlySpan<byte> source, ulong address)
    {
        fixed (byte* p = source)
        {
            var local = new Libc.IoVec { Base = (nuint)p, Length = (nuint)source.Length };
            var remote = new Libc.IoVec { Base = (nuint)address, Length = (nuint)source.Length };
            if (Libc.ProcessVmWriteV(pid, &local, 1, &remote, 1, 0) != source.Length)
                throw Fault("written", address, source.Length);
        }
    }

    private TeeDriverException Fault(string done, ulong address, int length) =>
        new(Errno.EFAULT, $"{length} bytes at 0x{address:x} of process {pid} cannot be {done}.");
}
