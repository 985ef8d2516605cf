using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.Device.Ioctls;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.Tests.Harness;

namespace RestrictedTee.Tests.Proposals;

/// <summary>The ioctls of SMAF v10 as a program issues them: versioned and padded.</summary>
public sealed class SmafIoctlTests : IDisposable
{
    private readonly InProcessTee _tee = new();
    private readonly TeeDeviceFile _file;

    public SmafIoctlTests() => _file = _tee.OpenFile();

    public void Dispose()
    {
        _file.Dispose();
        _tee.Dispose();
    }

    [Fact]
    public void Numbers_and_structures_are_those_of_the_patches()
    {
        Assert.Equal([0xc0805300u, 0xc0405301u, 0xc0405302u, 0xc0805303u], new[] { SmafIoctl.Create, SmafIoctl.GetSecureFlag, SmafIoctl.SetSecureFlag, SmafIoctl.GetInfo });
        Assert.Equal(24, (int)Marshal.OffsetOf<SmafCreateData>(nameof(SmafCreateData.Fd)));
        Assert.Equal(32, (int)Marshal.OffsetOf<SmafCreateData>(nameof(SmafCreateData.Name)));
        Assert.Equal(16, (int)Marshal.OffsetOf<SmafSecureFlag>(nameof(SmafSecureFlag.Secure)));
        Assert.Equal(16, (int)Marshal.OffsetOf<SmafInfo>(nameof(SmafInfo.Count)));
        Assert.Equal(24, (int)Marshal.OffsetOf<SmafInfo>(nameof(SmafInfo.Name)));
        Assert.All(IoctlTables.Smaf.Rows, row => Assert.Equal((int)((row.Request >> 16) & 0x3FFF), row.ArgumentSize));
    }

    [Fact]
    public void A_buffer_is_created_asked_for_its_flag_and_freed_with_its_descriptor()
    {
        var create = new SmafCreateData { Length = 5000, Flags = SmafIoctl.ValidFlags };
        Assert.Equal(0, Issue(SmafIoctl.Create, ref create));
        using var descriptor = new Microsoft.Win32.SafeHandles.SafeFileHandle(create.Fd, ownsHandle: true);
        var flag = new SmafSecureFlag { Fd = create.Fd, Secure = 1 };

        Assert.Equal(0, Issue(SmafIoctl.SetSecureFlag, ref flag));
        flag = new SmafSecureFlag { Fd = create.Fd };
        Assert.Equal(0, Issue(SmafIoctl.GetSecureFlag, ref flag));

        Assert.Equal(1u, flag.Secure);
        var register = new TeeIoctlShmRegisterFdData { Fd = create.Fd };
        int shm = _file.Ioctl(TeeIoctl.ShmRegisterFd, MemoryMarshal.AsBytes(new Span<TeeIoctlShmRegisterFdData>(ref register)));
        Assert.True(shm > 0);
        Assert.Equal(8192UL, register.Size);
        new Microsoft.Win32.SafeHandles.SafeFileHandle(shm, ownsHandle: true).Dispose();
        Assert.Equal(0, _file.CloseShm(register.Id));
    }

    [Fact]
    public void The_allocators_are_counted_and_named_the_preferred_first()
    {
        var info = new SmafInfo { Index = 0 };
        Assert.Equal(0, Issue(SmafIoctl.GetInfo, ref info));
        Assert.Equal("protected,secure-video", info.Name.ToString());
        var last = new SmafInfo { Index = info.Count - 1 };
        Assert.Equal(0, Issue(SmafIoctl.GetInfo, ref last));
        Assert.Equal("system", last.Name.ToString());
        var beyond = new SmafInfo { Index = info.Count };
        Assert.Equal(-(int)Errno.EINVAL, Issue(SmafIoctl.GetInfo, ref beyond));
    }

    [Fact]
    public void Another_version_a_flag_or_padding_that_is_not_known_and_a_descriptor_of_something_else_are_refused()
    {
        SmafCreateData version = new() { Length = 4096, Version = 1 }, flags = new() { Length = 4096, Flags = 1 }, reserved = new() { Length = 4096, Reserved2 = 1 };
        SmafCreateData padding = new() { Length = 4096 }, empty = default, name = new() { Length = 4096, Name = SmafName.From("nobody") };
        padding.Reserved3[31] = 1;
        SmafSecureFlag notOpen = new() { Fd = 12345 }, none = new() { Fd = -1 };

        Assert.Equal(-(int)Errno.EINVAL, Issue(SmafIoctl.Create, ref version));
        Assert.Equal(-(int)Errno.EINVAL, Issue(SmafIoctl.Create, ref flags));
        Assert.Equal(-(int)Errno.EINVAL, Issue(SmafIoctl.Create, ref reserved));
        Assert.Equal(-(int)Errno.EINVAL, Issue(SmafIoctl.Create, ref padding));
        Assert.Equal(-(int)Errno.EINVAL, Issue(SmafIoctl.Create, ref empty));
        Assert.Equal(-(int)Errno.EINVAL, Issue(SmafIoctl.Create, ref name));
        Assert.Equal(-(int)Errno.EBADF, Issue(SmafIoctl.GetSecureFlag, ref notOpen));
        Assert.Equal(-(int)Errno.EBADF, Issue(SmafIoctl.SetSecureFlag, ref none));
        using Microsoft.Win32.SafeHandles.SafeFileHandle nothing = File.OpenHandle("/dev/null");
        var other = new SmafSecureFlag { Fd = (int)nothing.DangerousGetHandle() };
        Assert.Equal(-(int)Errno.EINVAL, Issue(SmafIoctl.GetSecureFlag, ref other));
        Assert.Equal(-(int)Errno.ENOTTY, _file.SmafIoctl(TeeIoctl.Version, new byte[12]));
        Assert.Equal(-(int)Errno.EINVAL, _file.SmafIoctl(SmafIoctl.Create, new byte[Unsafe.SizeOf<SmafCreateData>() - 1]));
    }

    [Fact]
    public void A_client_of_the_socket_has_the_same_allocator()
    {
        using var served = new ServedTee();
        using TeeContext context = served.Connect();

        Assert.Equal(["protected,secure-video", "protected,trusted-ui", "system"], context.Device.GetAllocators());
        using NormalWorld.DmaBuf.DmaBufHandle buffer = context.Device.CreateBuffer(5000);
        context.Device.SetSecure(buffer, true);
        Assert.True(context.Device.IsSecure(buffer));
        Assert.Equal("smaf", buffer.Info.HeapName);
        using SharedMemory registered = context.RegisterSharedMemory(buffer);
        Assert.Equal("protected,secure-video", buffer.Info.HeapName);
    }

    private int Issue<T>(uint request, ref T argument)
        where T : struct => _file.SmafIoctl(request, MemoryMarshal.AsBytes(new Span<T>(ref argument)));
}
