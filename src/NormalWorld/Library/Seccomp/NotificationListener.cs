using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using RestrictedTee.NormalWorld.Interop;

namespace RestrictedTee.NormalWorld.Seccomp;

/// <summary>The listener of a filter (seccomp_unotify(2)): system calls come, and wait until they are answered.</summary>
internal sealed unsafe class NotificationListener : IDisposable
{
    private const int Enoent = 2, Eintr = 4;

    private readonly SafeFileHandle _handle;

    private NotificationListener(SafeFileHandle handle) => _handle = handle;

    /// <summary>Filters the calling thread, and all that it starts from now on.</summary>
    /// <exception cref="Win32Exception">EBUSY: a filter with a listener is there already; ENOSYS, EINVAL: the kernel is too old; EACCES.</exception>
    internal static NotificationListener InstallOnThisThread() => Install(Libc.PrSetNoNewPrivs, Libc.SeccompSetModeFilter);

    /// <summary>Goes the same way to no effect, so that all code on it is there.</summary>
    internal static void Rehearse()
    {
        const int NoOption = 0;
        const uint NoOperation = uint.MaxValue;
        try
        {
            new NotificationListener(new SafeFileHandle(-1, ownsHandle: false)).Dispose();
            _ = Libc.Prctl(NoOption, 1, 0, 0, 0);
            Install(NoOption, NoOperation, isRehearsal: true);
        }
        catch (Win32Exception)
        {
            // As it must.
        }
    }

    private static NotificationListener Install(int option, uint operation, bool isRehearsal = false)
    {
        if (!isRehearsal && Libc.Prctl(option, 1, 0, 0, 0) != 0)
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        Libc.SockFilter[] filter = SeccompFilter.Create();
        fixed (Libc.SockFilter* first = filter)
        {
            var program = new Libc.SockFilterProgram { Length = (ushort)filter.Length, Filter = first };
            long fd = Libc.Seccomp(Libc.SeccompNumber, operation, Libc.SeccompNewListener | Libc.SeccompWaitKillable, &program);
            return fd >= 0 ? new NotificationListener(new SafeFileHandle((nint)fd, ownsHandle: true)) : throw new Win32Exception(Marshal.GetLastPInvokeError());
        }
    }

    /// <summary>Waits for the next system call.</summary>
    /// <returns>False when nobody is left whom the filter holds.</returns>
    internal bool TryReceive(out Libc.Notification notification)
    {
        while (true)
        {
            notification = default; // the kernel wants it zeroed
            fixed (Libc.Notification* p = &notification)
            {
                if (Ioctl(Libc.NotifReceive, p) == 0)
                    return true;
            }

            // ENOENT: the caller was killed between its call and now, or the last one has gone; the poll tells which.
            int error = Marshal.GetLastPInvokeError();
            if (error == Eintr)
                continue;
            if (error != Enoent || HasHungUp())
                return false;
        }
    }

    /// <summary>Whether the call still waits: what was read of its process' memory was that of the caller, and not of a successor's.</summary>
    internal bool IsValid(ulong id) => Ioctl(Libc.NotifIdValid, &id) == 0;

    /// <summary>The kernel carries the call out as if nothing had been.</summary>
    internal void Continue(ulong id) => Send(new Libc.NotificationResponse { Id = id, Flags = Libc.NotifContinue });

    /// <summary>The call returns a value, or with a negative one an errno.</summary>
    internal void Answer(ulong id, long value) =>
        Send(value < 0 ? new Libc.NotificationResponse { Id = id, Error = (int)value } : new Libc.NotificationResponse { Id = id, Value = value });

    /// <summary>Gives the caller a descriptor.</summary>
    /// <param name="id">Its call.</param>
    /// <param name="descriptor">One of this process.</param>
    /// <param name="flags">O_CLOEXEC or 0.</param>
    /// <param name="answers">Whether the number is the result of the call, which then is over.</param>
    /// <returns>The number that it has there; negative when the caller has gone, or has no number left.</returns>
    internal int AddDescriptor(ulong id, SafeHandle descriptor, uint flags, bool answers)
    {
        bool isHeld = false;
        try
        {
            descriptor.DangerousAddRef(ref isHeld);
            var added = new Libc.NotificationAddFd { Id = id, Flags = answers ? Libc.AddFdSend : 0, Source = (uint)descriptor.DangerousGetHandle(), NewFlags = flags };
            int number = Ioctl(Libc.NotifAddFd, &added);
            return number >= 0 ? number : -Marshal.GetLastPInvokeError();
        }
        finally
        {
            if (isHeld)
                descriptor.DangerousRelease();
        }
    }

    public void Dispose() => _handle.Dispose();

    private void Send(Libc.NotificationResponse response) => _ = Ioctl(Libc.NotifSend, &response); // fails when the caller has gone

    /// <summary>A call that comes back when all clients have gone finds nobody to answer, and no listener.</summary>
    private int Ioctl(nuint request, void* argument)
    {
        try
        {
            return Libc.IoctlNotification(_handle, request, argument);
        }
        catch (ObjectDisposedException)
        {
            Marshal.SetLastPInvokeError(Enoent);
            return -1;
        }
    }

    private bool HasHungUp()
    {
        const short PollHup = 0x10;
        var poll = new SmcTransport.Interop.Libc.PollFd { Fd = (int)_handle.DangerousGetHandle() };
        return SmcTransport.Interop.Libc.Poll(&poll, 1, 0) > 0 && (poll.Returned & PollHup) != 0;
    }
}
