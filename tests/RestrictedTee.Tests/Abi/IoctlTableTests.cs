using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using RestrictedTee.NormalWorld.Device;
using RestrictedTee.NormalWorld.Device.Ioctls;
using RestrictedTee.NormalWorld.Interop;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Abi;
using RestrictedTee.Tests.Harness;

namespace RestrictedTee.Tests.Abi;

/// <summary>The ioctl tables are what dispatches, so what is tested here is that nothing is missing from them.</summary>
public sealed class IoctlTableTests
{
    public static TheoryData<string, uint, int> Rows
    {
        get
        {
            var data = new TheoryData<string, uint, int>();
            foreach (IoctlRow<TeeFile> row in IoctlTables.Tee.Rows)
                data.Add(row.Name, row.Request, row.ArgumentSize);
            foreach (IoctlRow<HeapFile> row in IoctlTables.Heap.Rows)
                data.Add(row.Name, row.Request, row.ArgumentSize);
            return data;
        }
    }

    [Fact]
    public void Each_request_of_the_ffa_test_driver_has_one_row_of_the_size_that_its_number_says()
    {
        IEnumerable<uint> numbers = typeof(FfaUserIoctl).GetFields(BindingFlags.Public | BindingFlags.Static)
            .Where(field => field is { IsInitOnly: true } && field.FieldType == typeof(uint))
            .Select(field => (uint)field.GetValue(null)!);

        Assert.Equal(numbers.Order(), FfaUserIoctls.Table.Rows.Select(row => row.Request).Order());
        Assert.All(FfaUserIoctls.Table.Rows, row => Assert.Equal((int)((row.Request >> 16) & 0x3FFF), row.ArgumentSize));
    }

    [Fact]
    public void Every_request_number_has_one_row_and_is_listed()
    {
        IEnumerable<uint> numbers = typeof(TeeIoctl).GetFields(BindingFlags.Public | BindingFlags.Static)
            .Where(field => field is { IsInitOnly: true } && field.FieldType == typeof(uint))
            .Select(field => (uint)field.GetValue(null)!);

        Assert.Equal(numbers.Order(), IoctlTables.Tee.Rows.Select(r => r.Request).Concat(IoctlTables.Heap.Rows.Select(r => r.Request)).Order());
        Assert.Equal(numbers.Select(n => (ulong)n).Order(), IoctlTables.Surface.Rows.Select(r => r.Number).Order());
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void The_structure_of_a_row_has_the_size_that_its_number_says(string name, uint request, int size)
    {
        Assert.NotEmpty(name);
        Assert.Equal((int)((request >> 16) & 0x3FFF), size); // _IOC_SIZE, include/uapi/asm-generic/ioctl.h
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void An_argument_of_another_size_is_refused_with_einval(string name, uint request, int size)
    {
        using var tee = new InProcessTee();
        using TeeDeviceFile file = tee.OpenFile();
        int Ioctl(int bytes) => name.StartsWith("DMA_HEAP", StringComparison.Ordinal)
            ? file.HeapIoctl("protected,secure-video", request, new byte[bytes])
            : file.Ioctl(request, new byte[bytes]);

        Assert.Equal(-(int)Errno.EINVAL, Ioctl(0));
        Assert.Equal(-(int)Errno.EINVAL, Ioctl(size - 1));
        Assert.Equal(-(int)Errno.EINVAL, Ioctl(size + 1));
    }

    [Fact]
    public void A_request_of_the_other_kind_of_file_is_enotty()
    {
        using var tee = new InProcessTee();
        using TeeDeviceFile file = tee.OpenFile();

        Assert.Equal(-(int)Errno.ENOTTY, file.Ioctl(TeeIoctl.DmaHeapAlloc, new byte[Unsafe.SizeOf<DmaHeapAllocationData>()]));
        Assert.Equal(-(int)Errno.ENOTTY, file.HeapIoctl("protected,secure-video", TeeIoctl.Version, new byte[Unsafe.SizeOf<TeeIoctlVersionData>()]));
        Assert.Equal(-(int)Errno.ENOENT, file.HeapIoctl("protected,nothing", TeeIoctl.Version, []));
    }

    [Fact]
    public void The_number_of_parameters_is_the_last_member_of_an_argument_that_has_them()
    {
        Assert.Equal(Unsafe.SizeOf<TeeIoctlOpenSessionArg>() - 4, (int)Marshal.OffsetOf<TeeIoctlOpenSessionArg>(nameof(TeeIoctlOpenSessionArg.NumParams)));
        Assert.Equal(Unsafe.SizeOf<TeeIoctlInvokeArg>() - 4, (int)Marshal.OffsetOf<TeeIoctlInvokeArg>(nameof(TeeIoctlInvokeArg.NumParams)));
        Assert.Equal(Unsafe.SizeOf<TeeIoctlSupplicantArg>() - 4, (int)Marshal.OffsetOf<TeeIoctlSupplicantArg>(nameof(TeeIoctlSupplicantArg.NumParams)));
    }

    [Fact]
    public void Memory_that_is_registered_on_a_closed_device_is_let_go_of()
    {
        using var tee = new InProcessTee();
        var device = new TeeDevice(tee.Host, ClientIdentity.Self);
        var ioctls = new BinaryIoctl(device, tee.Host);
        using NormalWorld.Client.TeeContext watcher = tee.OpenContext();
        using (NormalWorld.DmaBuf.DmaBufHandle buffer = watcher.AllocateRestricted(SmcTransport.Board.UseCase.TrustedUi, 4096))
        {
            using Microsoft.Win32.SafeHandles.SafeFileHandle descriptor = buffer.ExportDescriptor();
            device.Dispose();
            Errno Register()
            {
                var frame = new IoctlFrame { User = UserMemory.Self, Argument = new byte[Unsafe.SizeOf<TeeIoctlShmRegisterFdData>()], DescriptorIn = descriptor };
                try
                {
                    ioctls.Handle(TeeIoctl.ShmRegisterFd, ref frame);
                    return 0;
                }
                catch (TeeDriverException e)
                {
                    return e.Errno;
                }
            }

            Assert.Equal(Errno.EBADF, Register());
        }

        Assert.True(SpinWait.SpinUntil(() => watcher.Heaps.All(heap => heap.Buffers == 0), TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public void A_descriptor_that_is_refused_is_closed()
    {
        using var tee = new InProcessTee();
        using TeeDeviceFile file = tee.OpenFile();
        (Microsoft.Win32.SafeHandles.SafeFileHandle read, Microsoft.Win32.SafeHandles.SafeFileHandle write) = SmcTransport.Interop.PipeEnd.CreatePipe();
        using var reader = new SmcTransport.Interop.PipeEnd(read);
        var data = new TeeIoctlShmRegisterFdData { Fd = write.DangerousGetHandle() };

        Assert.Equal(-(int)Errno.EINVAL, file.Ioctl(TeeIoctl.ShmRegisterFd, MemoryMarshal.AsBytes(new Span<TeeIoctlShmRegisterFdData>(ref data))));
        write.Dispose();

        // The end of the pipe is seen once every copy of its other end has gone.
        Assert.Equal(0, reader.TryRead(new byte[1]));
    }
}
