using System.Runtime.InteropServices;
using RestrictedTee.Contracts;
using RestrictedTee.NormalWorld.Device.Ioctls;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.Tests.Harness;

namespace RestrictedTee.Tests.Client;

/// <summary>The binary form of the ioctls, as a client of /dev/tee0 would issue them.</summary>
public sealed unsafe class BinaryIoctlTests : IDisposable
{
    private readonly InProcessTee _tee = new();
    private readonly TeeDeviceFile _file;

    public BinaryIoctlTests() => _file = _tee.OpenFile();

    public void Dispose()
    {
        _file.Dispose();
        _tee.Dispose();
    }

    [Fact]
    public void Version_says_optee_with_restricted_memory()
    {
        TeeIoctlVersionData data = default;

        Assert.Equal(0, Ioctl(TeeIoctl.Version, ref data));
        Assert.Equal(TeeIoctl.ImplIdOptee, data.ImplId);
        Assert.Equal(0x1Du, data.GenCaps); // GP, REG_MEM, MEMREF_NULL, RSTMEM
    }

    [Fact]
    public void A_session_is_opened_invoked_and_closed()
    {
        byte* buffer = stackalloc byte[128];
        var open = (TeeIoctlOpenSessionArg*)buffer;
        open->Uuid = UuidBytes.From(HelloWorld.Uuid);
        var reference = new TeeIoctlBufData { BufPtr = (ulong)buffer, BufLen = (ulong)sizeof(TeeIoctlOpenSessionArg) };
        Assert.Equal(0, Ioctl(TeeIoctl.OpenSession, ref reference));
        Assert.Equal(0u, open->Ret);
        uint session = open->Session;

        new Span<byte>(buffer, 128).Clear();
        var invoke = (TeeIoctlInvokeArg*)buffer;
        (invoke->Func, invoke->Session, invoke->NumParams) = (HelloWorld.CommandIncrementValue, session, 1);
        var param = (TeeIoctlParam*)(buffer + sizeof(TeeIoctlInvokeArg));
        (param->Attr, param->A) = (3, 41);
        reference.BufLen = (ulong)(sizeof(TeeIoctlInvokeArg) + sizeof(TeeIoctlParam));
        Assert.Equal(0, Ioctl(TeeIoctl.Invoke, ref reference));
        Assert.Equal((0u, 42UL), (invoke->Ret, param->A));

        Assert.Equal(0, Ioctl(TeeIoctl.CloseSession, ref session));
        Assert.Equal(-(int)Errno.EINVAL, Ioctl(TeeIoctl.CloseSession, ref session));
    }

    [Fact]
    public void Shared_memory_comes_as_a_descriptor_that_can_be_mapped()
    {
        var data = new TeeIoctlShmAllocData { Size = 5000 };
        int fd = Ioctl(TeeIoctl.ShmAlloc, ref data);
        using var handle = new Microsoft.Win32.SafeHandles.SafeFileHandle(fd, ownsHandle: true);

        Assert.True(NormalWorld.Interop.MemoryProbe.TryMap(handle, 5000, out _));
        Assert.Equal(0, _file.CloseShm(data.Id));
        Assert.Equal(-(int)Errno.EBADF, _file.CloseShm(data.Id));
    }

    [Fact]
    public void A_restricted_buffer_comes_as_a_descriptor_of_whole_pages_that_cannot_be_mapped()
    {
        var data = new TeeIoctlRstmemAllocData { Size = 5000, UseCase = 1 };
        int fd = Ioctl(TeeIoctl.RstmemAlloc, ref data);
        using var handle = new Microsoft.Win32.SafeHandles.SafeFileHandle(fd, ownsHandle: true);
        var info = new TeeIoctlRstmemFdInfoData { Fd = fd };

        Assert.False(NormalWorld.Interop.MemoryProbe.TryMap(handle, 4096, out _));
        Assert.Equal(0, Ioctl(TeeIoctl.RstmemFdInfo, ref info));
        Assert.Equal((1u, 8192UL, data.Id), (info.UseCase, info.Size, info.Id));
        Assert.Equal(8192UL, data.Size);
    }

    [Fact]
    public void A_heap_gives_whole_pages_and_references_follow()
    {
        using NormalWorld.Client.TeeContext context = _tee.OpenContext();
        using NormalWorld.DmaBuf.DmaBufHandle handle = context.AllocateRestricted("protected,secure-video", 1);
        using NormalWorld.Client.SharedMemory memory = context.RegisterSharedMemory(handle);
        var tooMuch = new DmaHeapAllocationData { Length = ulong.MaxValue, FdFlags = 0x80002 }; // rounds up to 0

        Assert.Equal((4096UL, 4096), (handle.Size, memory.Size));
        Assert.Equal(4096UL, context.Heaps[0].Used);
        Assert.Equal(-(int)Errno.EINVAL, _file.HeapIoctl("protected,secure-video", TeeIoctl.DmaHeapAlloc, Bytes(ref tooMuch)));
    }

    [Fact]
    public void Closing_the_last_descriptor_frees_the_buffer()
    {
        using NormalWorld.Client.TeeContext context = _tee.OpenContext();
        var data = new DmaHeapAllocationData { Length = 5000, FdFlags = 0x80002 };
        Assert.Equal(0, _file.HeapIoctl("/dev/dma_heap/protected,secure-video", TeeIoctl.DmaHeapAlloc, Bytes(ref data)));
        Assert.Equal(1, context.Heaps[0].Buffers);

        new Microsoft.Win32.SafeHandles.SafeFileHandle((nint)data.Fd, ownsHandle: true).Dispose();

        Assert.True(SpinWait.SpinUntil(() => context.Heaps[0].Buffers == 0, TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public void Bad_requests_get_their_errno()
    {
        TeeIoctlVersionData version = default;
        var shm = new TeeIoctlShmAllocData { Size = 0 };
        var flags = new TeeIoctlShmAllocData { Size = 1, Flags = 1 };
        var pointer = new TeeIoctlBufData { BufPtr = 8, BufLen = 56 };
        var length = new TeeIoctlBufData { BufPtr = 8, BufLen = 100_000 };
        var register = new TeeIoctlShmRegisterData { Address = 8, Length = 4096 };
        var noDmaBuf = new TeeIoctlRstmemFdInfoData { Fd = 0 };
        var closed = new TeeIoctlRstmemFdInfoData { Fd = 1_000_000 };
        var heapFlags = new DmaHeapAllocationData { Length = 4096, HeapFlags = 1 };

        Assert.Equal(-(int)Errno.ENOTTY, Ioctl(0x8004_5401, ref version));
        Assert.Equal(-(int)Errno.EINVAL, Ioctl(TeeIoctl.ShmAlloc, ref version));
        Assert.Equal(-(int)Errno.EINVAL, Ioctl(TeeIoctl.ShmAlloc, ref shm));
        Assert.Equal(-(int)Errno.EINVAL, Ioctl(TeeIoctl.ShmAlloc, ref flags));
        Assert.Equal(-(int)Errno.EFAULT, Ioctl(TeeIoctl.OpenSession, ref pointer));
        Assert.Equal(-(int)Errno.EINVAL, Ioctl(TeeIoctl.OpenSession, ref length));
        Assert.Equal(-(int)Errno.EFAULT, Ioctl(TeeIoctl.ShmRegister, ref register));
        Assert.Equal(-(int)Errno.EINVAL, Ioctl(TeeIoctl.RstmemFdInfo, ref noDmaBuf));
        Assert.Equal(-(int)Errno.EBADF, Ioctl(TeeIoctl.RstmemFdInfo, ref closed));
        Assert.Equal(-(int)Errno.EINVAL, _file.HeapIoctl("protected,secure-video", TeeIoctl.DmaHeapAlloc, Bytes(ref heapFlags)));
        Assert.Equal(-(int)Errno.ENOENT, _file.HeapIoctl("cma", TeeIoctl.DmaHeapAlloc, Bytes(ref heapFlags)));
    }

    private int Ioctl<T>(uint request, ref T argument)
        where T : struct => _file.Ioctl(request, Bytes(ref argument));

    private static Span<byte> Bytes<T>(ref T value)
        where T : struct => MemoryMarshal.AsBytes(new Span<T>(ref value));
}
