using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using RestrictedTee.NormalWorld.Device;
using RestrictedTee.NormalWorld.Device.Ioctls;
using RestrictedTee.NormalWorld.DmaBuf;
using RestrictedTee.NormalWorld.Interop;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Interop;
using Serilog;

namespace RestrictedTee.NormalWorld.Serving;

/// <summary>
/// One context of a client: its device, its connections, and the descriptors that the server holds for it. It ends with its first
/// connection; the device is closed by whoever leaves last, when no call of it is left in the TEE.
/// </summary>
internal sealed class ServedClient(TeeDevice device, TeeDeviceHost host, UserMemory memory, DescriptorBudget.Account account)
{
    private readonly object _lock = new(); // protects the collections and _ended; a leaf
    private readonly List<ServerConnection> _connections = [];
    private readonly HashSet<int> _memory = [];
    private readonly BinaryIoctl _ioctls = new(device, host);
    private bool _ended;

    internal TeeDevice Device => device;

    /// <summary>The memory of the process that it is.</summary>
    internal UserMemory Memory => memory;

    /// <summary>Adds a connection.</summary>
    /// <returns>False when the context has ended.</returns>
    internal bool TryJoin(ServerConnection connection)
    {
        lock (_lock)
        {
            if (!_ended)
                _connections.Add(connection);
            return !_ended;
        }
    }

    /// <summary>Takes a connection out. The last one out closes the device.</summary>
    internal void Leave(ServerConnection connection)
    {
        lock (_lock)
        {
            _connections.Remove(connection);
            if (!_ended || _connections.Count > 0)
                return;
        }

        device.Dispose();
        account.Return(_memory.Count);
    }

    /// <summary>Nobody joins any more, and who is there is woken to leave.</summary>
    internal void End()
    {
        ServerConnection[] all;
        lock (_lock)
        {
            _ended = true;
            all = [.. _connections];
        }

        foreach (ServerConnection connection in all)
            connection.Stop();
    }

    /// <summary>An ioctl of the device.</summary>
    /// <exception cref="TeeDriverException">The errno; EMFILE: the client has had its share of the server's descriptors.</exception>
    internal void Ioctl(uint request, ref IoctlFrame frame)
    {
        if (request == TeeIoctl.RstmemAlloc)
        {
            Charged(request, ref frame);
            Follow(frame);
        }
        else if (request == TeeIoctl.ShmAlloc)
        {
            Charged(request, ref frame);
            Hold(MemoryMarshal.Read<TeeIoctlShmAllocData>(frame.Argument).Id);
        }
        else if (request == TeeIoctl.ShmRegisterFd)
        {
            Charged(request, ref frame);
            Hold(MemoryMarshal.Read<TeeIoctlShmRegisterFdData>(frame.Argument).Id);
        }
        else
        {
            _ioctls.Handle(request, ref frame);
        }
    }

    /// <summary>An ioctl of a heap.</summary>
    /// <exception cref="TeeDriverException">As above.</exception>
    internal void HeapIoctl(string heapName, uint request, ref IoctlFrame frame)
    {
        account.Take();
        try
        {
            _ioctls.HandleHeap(heapName, request, ref frame);
        }
        catch
        {
            account.Return();
            throw;
        }

        Follow(frame);
    }

    /// <summary>An ioctl of the central allocator.</summary>
    /// <exception cref="TeeDriverException">As above.</exception>
    internal void SmafIoctl(uint request, ref IoctlFrame frame)
    {
        if (request != Uapi.SmafIoctl.Create)
        {
            _ioctls.HandleSmaf(request, ref frame);
            return;
        }

        account.Take();
        try
        {
            _ioctls.HandleSmaf(request, ref frame);
        }
        catch
        {
            account.Return();
            throw;
        }

        Follow(frame);
    }

    /// <exception cref="TeeDriverException">EBADF: no descriptor came along; EINVAL: it is no dma-buf of this TEE.</exception>
    internal DmaBufInfo Describe(SafeFileHandle? descriptor)
    {
        DmaBufObject buffer = host.Exports.Find(descriptor ?? throw new TeeDriverException(Errno.EBADF, "No descriptor came along."))
            ?? throw new TeeDriverException(Errno.EINVAL, "The descriptor is no dma-buf of this TEE.");
        try
        {
            return buffer.Describe();
        }
        finally
        {
            buffer.Release();
        }
    }

    internal void CloseShm(int id)
    {
        _ioctls.CloseShm(id);
        lock (_lock)
        {
            if (!_memory.Remove(id))
                return;
        }

        account.Return();
    }

    // Without a delegate, which would be made for each request, whatever it is.
    private void Charged(uint request, ref IoctlFrame frame)
    {
        account.Take();
        try
        {
            _ioctls.Handle(request, ref frame);
        }
        catch
        {
            account.Return();
            throw;
        }
    }

    private void Hold(int id)
    {
        lock (_lock)
            _memory.Add(id);
    }

    /// <summary>What a dma-buf takes is given back when its last descriptor is closed, which may be long after its context.</summary>
    private void Follow(in IoctlFrame frame)
    {
        DmaBufObject? buffer = frame.DescriptorOut is { } descriptor ? host.Exports.Find(descriptor) : null;
        if (buffer is null)
        {
            account.Return();
            return;
        }

        buffer.Released += () => account.Return();
        buffer.Release();
    }
}
