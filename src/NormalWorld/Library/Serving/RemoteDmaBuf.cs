using System.Text.Json;
using Microsoft.Win32.SafeHandles;
using RestrictedTee.NormalWorld.DmaBuf;
using RestrictedTee.NormalWorld.DmaBuf.Devices;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Board;

namespace RestrictedTee.NormalWorld.Serving;

/// <summary>A buffer of another process's TEE: a descriptor, and nothing behind it. Its devices are driven in that process.</summary>
internal sealed class RemoteDmaBuf(RemoteChannel channel, SafeFileHandle descriptor, string heapName, ulong size, UseCase useCase, int shmId) : DmaBufHandle
{
    public override ulong Size => size;

    public override string HeapName => heapName;

    public override UseCase UseCase => useCase;

    public override int ShmId => shmId;

    public override DmaBufInfo Info
    {
        get
        {
            using SafeFileHandle copy = ExportDescriptor();
            return Describe(channel, copy);
        }
    }

    public override DmaBufHandle Duplicate() => new RemoteDmaBuf(channel, ExportDescriptor(), heapName, size, useCase, shmId: -1);

    public override SafeFileHandle ExportDescriptor()
    {
        int copy = descriptor.IsClosed ? -1 : Interop.Libc.Dup(descriptor);
        return copy >= 0 ? new SafeFileHandle(copy, ownsHandle: true) : throw new TeeDriverException(Errno.EBADF, "The dma-buf handle is closed.");
    }

    public override Span<byte> Map() => throw new TeeDriverException(Errno.EINVAL, $"A buffer of {heapName} has no mapping in this process.");

    public override void BeginCpuAccess(DmaDirection direction, TimeSpan patience) =>
        throw new TeeDriverException(Errno.EPERM, $"This process has no way to the bytes of a buffer of {heapName}.");

    /// <exception cref="TeeDriverException">EINVAL: it is no dma-buf of that TEE; ENODEV.</exception>
    internal static DmaBufInfo Describe(RemoteChannel channel, SafeFileHandle descriptor)
    {
        using RemoteChannel.Lease lease = channel.Rent();
        lease.Call(Wire.Operation.DescribeBuffer, 0, [], [], descriptor)?.Dispose();
        return JsonSerializer.Deserialize(lease.ReplyBuffer, ServingJson.Default.DmaBufInfo) ?? throw new TeeDriverException(Errno.EIO, "The server's answer says nothing.");
    }

    protected override void Dispose(bool disposing) => descriptor.Dispose();
}
