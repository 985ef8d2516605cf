using Microsoft.Win32.SafeHandles;
using RestrictedTee.NormalWorld.DmaBuf;
using RestrictedTee.NormalWorld.Uapi;

namespace RestrictedTee.NormalWorld.Device.Ioctls;

/// <summary>The ioctls that make shared memory.</summary>
internal static class SharedMemoryIoctls
{
    internal static void Allocate(TeeFile file, ref TeeIoctlShmAllocData data, ref IoctlFrame frame)
    {
        NoFlags(data.Flags);
        TeeShm shm = file.Device.Allocate(data.Size, ownBank: true);
        Hand(file, shm, ref frame, () => Descriptors.Duplicate(shm.Block!.Bank.Memfd));
        (data.Size, data.Flags, data.Id) = (shm.Size, TeeIoctl.ShmMapped, shm.Id);
    }

    internal static void Register(TeeFile file, ref TeeIoctlShmRegisterData data, ref IoctlFrame frame)
    {
        NoFlags(data.Flags);
        TeeShm shm = file.Device.RegisterShm(frame.User, data.Address, data.Length);
        Hand(file, shm, ref frame, Descriptors.Token);
        data.Id = shm.Id;
    }

    internal static void RegisterDescriptor(TeeFile file, ref TeeIoctlShmRegisterFdData data, ref IoctlFrame frame)
    {
        NoFlags(data.Flags);
        SafeFileHandle descriptor = frame.DescriptorIn ?? throw Descriptors.NotOpen(data.Fd);
        TeeShm shm = file.Exports.Find(descriptor) is { } buffer
            ? file.Device.RegisterShmFd(buffer)
            : file.Device.RegisterMemfd(Descriptors.Duplicate(descriptor));
        Hand(file, shm, ref frame, Descriptors.Token);
        (data.Size, data.Flags, data.Id) = (shm.Size, TeeIoctl.ShmDmaBuf, shm.Id);
    }

    /// <summary>Hands the memory out with its descriptor; without one to be had, the memory goes again.</summary>
    private static void Hand(TeeFile file, TeeShm shm, ref IoctlFrame frame, Func<SafeFileHandle> descriptor)
    {
        try
        {
            file.Keep(shm, ref frame, descriptor());
        }
        catch
        {
            shm.Dispose();
            throw;
        }
    }

    private static void NoFlags(uint flags)
    {
        if (flags != 0)
            throw new TeeDriverException(Errno.EINVAL, $"Flags 0x{flags:x} must be 0.");
    }
}
