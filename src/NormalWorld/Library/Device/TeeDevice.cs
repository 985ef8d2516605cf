using Microsoft.Win32.SafeHandles;
using RestrictedTee.NormalWorld.DmaBuf;
using RestrictedTee.NormalWorld.Driver;
using RestrictedTee.NormalWorld.Heaps;
using RestrictedTee.NormalWorld.Interop;
using RestrictedTee.NormalWorld.Shm;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Board;
using RestrictedTee.SmcTransport.NormalRam;

namespace RestrictedTee.NormalWorld.Device;

/// <summary>One open of /dev/tee0 (or, privileged, of /dev/teepriv0) in the process that has the driver.</summary>
internal sealed class TeeDevice : ITeeDevice
{
    private readonly TeeDeviceHost _host;
    private readonly ShmTable _shm = new();
    private readonly DeviceSessions _sessions;
    private readonly SupplicantQueue.Attachment? _supplicant; // of the privileged device
    private int _disposed;

    internal TeeDevice(TeeDeviceHost host, ClientIdentity client, bool privileged = false)
    {
        if (privileged)
            _supplicant = host.Driver.SupplicantQueue.TryAttach(FindForTee) ?? throw new TeeDriverException(Errno.EBUSY, "There is a supplicant already.");
        _host = host;
        Opener = client;
        _sessions = new DeviceSessions(host.Driver, client, _shm);
        host.Opens.TryAdd(this, 0);
    }

    internal TeeDeviceHost Host => _host;

    /// <summary>Whose open it is.</summary>
    internal ClientIdentity Opener { get; }

    private OpteeDriver Driver => _host.Driver;

    public TeeIoctlVersionData GetVersion() => new()
    {
        ImplId = TeeIoctl.ImplIdOptee,
        ImplCaps = TeeIoctl.OpteeCapTz,
        GenCaps = (uint)(TeeIoctl.GenericCapabilities.GlobalPlatform
            | (_supplicant is null ? TeeIoctl.GenericCapabilities.RegisterMemory : 0)
            | TeeIoctl.GenericCapabilities.MemrefNull
            | (_host.Heaps.HasRestricted ? TeeIoctl.GenericCapabilities.RestrictedMemory : 0)
            | (_supplicant is not null ? TeeIoctl.GenericCapabilities.Privileged : 0)),
    };

    public ITeeShm AllocateShm(ulong size) => Allocate(size, ownBank: false);

    internal TeeShm Allocate(ulong size, bool ownBank)
    {
        CheckOpen();
        return Register(ownBank ? Driver.Shm.AllocateBank(size) : Driver.Shm.Allocate(size));
    }

    /// <summary>Registers a memfd that a client brought along; takes the descriptor over, also when it is refused.</summary>
    internal TeeShm RegisterMemfd(SafeFileHandle memfd) => Register(Driver.Shm.AdoptBank(memfd));

    public ITeeShm RegisterShm(nuint address, ulong length) => RegisterShm(UserMemory.Self, address, length);

    internal TeeShm RegisterShm(UserMemory memory, ulong address, ulong length)
    {
        CheckOpen();
        if (_supplicant is not null)
            throw new TeeDriverException(Errno.EINVAL, "The supplicant's memory is that of TEE_IOC_SHM_ALLOC: what it registered would be a copy.");
        if (length == 0)
            throw new TeeDriverException(Errno.ENOMEM, "No bytes cannot be registered."); // register_shm_helper (tee_shm.c): no pages
        if (address > ulong.MaxValue - length)
            throw new TeeDriverException(Errno.EFAULT, $"There are no {length} bytes at 0x{address:x}."); // access_ok
        ShmBlock copy = Driver.Shm.Allocate(length);
        try
        {
            memory.CopyFrom(address, copy.Span);
            ulong cookie = Driver.Abi.RegisterShm(copy.Range);
            return TeeShm.User(_shm, Driver.Abi, copy, cookie, new TeeShm.UserMapping(memory, address));
        }
        catch
        {
            copy.Dispose();
            throw;
        }
    }

    /// <summary>Memory of the client whose pages the TEE can map itself.</summary>
    /// <param name="ranges">Where those are, whole pages.</param>
    /// <param name="offset">Where in the first the memory begins.</param>
    /// <param name="size">Its bytes.</param>
    /// <param name="pages">Keeps them; taken over, also when it is refused.</param>
    internal TeeShm RegisterPages(ReadOnlySpan<PhysicalRange> ranges, ulong offset, ulong size, IDisposable pages)
    {
        ulong cookie;
        try
        {
            CheckOpen();
            cookie = Driver.Abi.RegisterShm(ranges);
        }
        catch
        {
            pages.Dispose();
            throw;
        }

        return TeeShm.Pages(_shm, Driver.Abi, cookie, offset, size, pages);
    }

    public ITeeShm RegisterShmFd(DmaBufHandle dmaBuf)
    {
        CheckOpen();
        if (dmaBuf is not LocalDmaBuf local)
            throw new TeeDriverException(Errno.EINVAL, "The dma-buf is from another TEE.");
        return RegisterShmFd(local.Object.AddReference());
    }

    /// <summary>Takes over a reference to the buffer, also when it is refused.</summary>
    internal TeeShm RegisterShmFd(DmaBufObject buffer)
    {
        if (!_host.Owns(buffer))
        {
            buffer.Release();
            throw new TeeDriverException(Errno.EINVAL, "The dma-buf is from another TEE.");
        }

        ulong cookie;
        try
        {
            cookie = buffer.Cookie; // the TEE may be told of it now, and refuse
        }
        catch
        {
            buffer.Release();
            throw;
        }

        return TeeShm.ForDmaBuf(_shm, Driver.Abi, buffer, cookie, keeps: true);
    }

    public void OpenSession(ref TeeIoctlOpenSessionArg argument, Span<TeeIoctlParam> parameters)
    {
        CheckOpen();
        _sessions.Open(ref argument, parameters);
    }

    public void Invoke(ref TeeIoctlInvokeArg argument, Span<TeeIoctlParam> parameters) => _sessions.Invoke(ref argument, parameters);

    public void Cancel(uint cancelId, uint session) => _sessions.Cancel(cancelId, session);

    /// <summary>What is under way in this context.</summary>
    internal IReadOnlyList<CallInfo> Calls => _sessions.Calls;

    /// <summary>Cancels whatever runs in a session of this context.</summary>
    /// <returns>False when nothing does.</returns>
    internal bool TryCancelAll(uint session) => _sessions.TryCancelAll(session);

    /// <summary>Cancels what a thread has invoked, because its client has died.</summary>
    internal void CancelCallOf(int managedThreadId) => _sessions.CancelCallOf(managedThreadId);

    public void CloseSession(uint session) => _sessions.Close(session);

    public DmaBufHandle AllocateRestricted(UseCase useCase, ulong size, uint flags = 0)
    {
        CheckOpen();
        DmaBufObject buffer = _host.Heaps.Of(useCase).Allocate(size, flags, Opener.Pid);
        try
        {
            // The id lasts as long as the buffer, and does not keep it.
            TeeShm shm = TeeShm.ForDmaBuf(_shm, Driver.Abi, buffer, buffer.Cookie, keeps: false);
            buffer.Released += shm.Dispose;
            return new LocalDmaBuf(buffer, _host.Exports, shm.Id);
        }
        catch
        {
            buffer.Release();
            throw;
        }
    }

    public TeeIoctlRstmemFdInfoData GetRestrictedInfo(DmaBufHandle dmaBuf)
    {
        CheckOpen();
        if (dmaBuf is not LocalDmaBuf local || !_host.Owns(local.Object))
            throw new TeeDriverException(Errno.EINVAL, "The dma-buf is from another TEE.");
        return Describe(local.Object);
    }

    internal TeeIoctlRstmemFdInfoData Describe(DmaBufObject buffer) =>
        new() { UseCase = (uint)buffer.Exporter.UseCase, Id = _shm.IdOf(buffer.KnownCookie) ?? -1, Size = buffer.Size };

    public DmaBufHandle AllocateFromHeap(string heapName, ulong size)
    {
        CheckOpen();
        return new LocalDmaBuf(_host.Heaps.Named(heapName).Allocate(size, flags: 0, Opener.Pid), _host.Exports);
    }

    public DmaBufHandle CreateBuffer(ulong size, string allocator = "")
    {
        CheckOpen();
        return new LocalDmaBuf(_host.Allocators.Create(size, allocator, Opener.Pid), _host.Exports);
    }

    public IReadOnlyList<string> GetAllocators()
    {
        CheckOpen();
        return [.. _host.Allocators.Ranked.Select(allocator => allocator.Name)];
    }

    public bool IsSecure(DmaBufHandle dmaBuf) => _host.Allocators.IsSecure(LocalOf(dmaBuf));

    public void SetSecure(DmaBufHandle dmaBuf, bool secure) => _host.Allocators.SetSecure(LocalOf(dmaBuf), secure);

    public IReadOnlyList<HeapInfo> GetHeaps()
    {
        CheckOpen();
        return _host.Heaps.Describe();
    }

    /// <summary>TEE_IOC_SUPPL_RECV: waits for a request. EINVAL on a device that is not the supplicant's.</summary>
    internal SupplicantRequest ReceiveRequest(int room = int.MaxValue, bool byId = false) => Attachment.Receive(room, byId);

    /// <summary>TEE_IOC_SUPPL_SEND.</summary>
    internal void SendResponse(TeecResult result, ReadOnlySpan<TeeIoctlParam> parameters, int id = 0) => Attachment.Send(result, parameters, id);

    /// <summary>The client for whom a thread makes calls here has gone: what the supplicant is asked for its sake is given up.</summary>
    internal void AbandonCallOf(int managedThreadId) => Driver.SupplicantQueue.Abandon(managedThreadId);

    /// <summary>Whose device this is, if it is a supplicant's, has gone: threads that wait for requests are told so, and another may come.</summary>
    internal void DetachSupplicant() => _supplicant?.Dispose();

    /// <summary>That thread's call has ended.</summary>
    internal void EndOfCall(int managedThreadId) => Driver.SupplicantQueue.Ended(managedThreadId);

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        _supplicant?.Dispose();
        _sessions.CloseAll();
        _shm.Close();
        _host.Opens.TryRemove(this, out _);
    }

    internal static TeeDriverException Closed() => new(Errno.EBADF, "The TEE device is closed.");

    /// <summary>The supplicant's own memory; null when there is none of that id, or it is a buffer, which no request can lie in.</summary>
    private TeeShm? FindForTee(ulong id)
    {
        try
        {
            TeeShm shm = _shm.Find(id);
            if (shm.Block is not null)
                return shm;
            shm.Release();
        }
        catch (TeeDriverException)
        {
            // It names what is not its own.
        }

        return null;
    }

    private TeeShm Register(ShmBlock block)
    {
        if (_supplicant is not null)
            return TeeShm.OfSupplicant(_shm, Driver.Abi, block);
        try
        {
            ulong cookie = Driver.Abi.RegisterShm(block.Range);
            return TeeShm.Allocated(_shm, Driver.Abi, block, cookie);
        }
        catch
        {
            block.Dispose();
            throw;
        }
    }

    private DmaBufObject LocalOf(DmaBufHandle dmaBuf)
    {
        CheckOpen();
        return dmaBuf is LocalDmaBuf local ? local.Object : throw new TeeDriverException(Errno.EINVAL, "The dma-buf is from another TEE.");
    }

    private void CheckOpen()
    {
        if (Volatile.Read(ref _disposed) != 0)
            throw Closed();
    }

    private SupplicantQueue.Attachment Attachment
    {
        get
        {
            CheckOpen();
            return _supplicant ?? throw new TeeDriverException(Errno.EINVAL, "This is not the supplicant's device.");
        }
    }
}
