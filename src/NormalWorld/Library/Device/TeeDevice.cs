using Microsoft.Win32.SafeHandles;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.DmaBuf;
using RestrictedTee.NormalWorld.Driver;
using RestrictedTee.NormalWorld.Interop;
using RestrictedTee.SmcTransport.Abi;
using RestrictedTee.SmcTransport.Board;
using RestrictedTee.SmcTransport.NormalRam;

namespace RestrictedTee.NormalWorld.Device;

/// <summary>One open of /dev/tee0 (or, privileged, of /dev/teepriv0) in the process that has the driver.</summary>
internal sealed class TeeDevice : ITeeDevice
{
    private readonly object _lock = new(); // protects the tables and _lastShmId; a leaf
    private readonly Dictionary<int, TeeShm> _shm = [];
    private readonly HashSet<uint> _sessions = [];
    private readonly Dictionary<int, uint> _calls = []; // the session that a thread is calling
    private readonly TeeDeviceHost _host;
    private readonly ClientIdentity _client;
    private readonly bool _privileged;
    private int _lastShmId;
    private bool _disposed;

    internal TeeDevice(TeeDeviceHost host, ClientIdentity client, bool privileged = false)
    {
        if (privileged && !host.Driver.Supplicant.TryAttach())
            throw new TeeDriverException(Errno.EBUSY, "There is a supplicant already.");
        _host = host;
        _client = client;
        _privileged = privileged;
    }

    internal TeeDeviceHost Host => _host;

    internal OpteeDriver Driver => _host.Driver;

    internal DmaBufExports Exports => _host.Exports;

    public TeeIoctlVersionData GetVersion() => new()
    {
        ImplId = TeeIoctl.ImplIdOptee,
        ImplCaps = TeeIoctl.OpteeCapTz,
        GenCaps = (uint)(TeeIoctl.GenericCapabilities.GlobalPlatform
            | TeeIoctl.GenericCapabilities.RegisterMemory
            | TeeIoctl.GenericCapabilities.MemrefNull
            | (_host.Heaps.Count > 0 ? TeeIoctl.GenericCapabilities.RestrictedMemory : 0)
            | (_privileged ? TeeIoctl.GenericCapabilities.Privileged : 0)),
    };

    public ITeeShm AllocateShm(ulong size) => Allocate(size, ownBank: false);

    internal TeeShm Allocate(ulong size, bool ownBank)
    {
        CheckOpen();
        return Register(ownBank ? Driver.Shm.AllocateBank(size) : Driver.Shm.Allocate(size));
    }

    /// <summary>Registers a memfd that a client brought along; takes the descriptor over, also when it is refused.</summary>
    internal TeeShm RegisterMemfd(SafeFileHandle memfd)
    {
        return Register(Driver.Shm.AdoptBank(memfd));
    }

    public ITeeShm RegisterShm(nuint address, ulong length) => RegisterShm(UserMemory.Self, address, length);

    internal TeeShm RegisterShm(UserMemory memory, ulong address, ulong length)
    {
        CheckOpen();
        if (address == 0 || length == 0 || address > ulong.MaxValue - length)
            throw new TeeDriverException(Errno.EINVAL, $"{length} bytes at 0x{address:x} cannot be registered.");
        ShmBlock copy = Driver.Shm.Allocate(length);
        try
        {
            memory.CopyFrom(address, copy.Span);
        }
        catch
        {
            copy.Dispose();
            throw;
        }

        return Register(copy, cookie => TeeShm.User(this, copy, cookie, new TeeShm.UserMapping(memory, address)));
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
        try
        {
            return _host.Owns(buffer)
                ? TeeShm.ForDmaBuf(this, buffer, keeps: true)
                : throw new TeeDriverException(Errno.EINVAL, "The dma-buf is from another TEE.");
        }
        catch
        {
            buffer.Release();
            throw;
        }
    }

    public void OpenSession(ref TeeIoctlOpenSessionArg argument, Span<TeeIoctlParam> parameters)
    {
        const int Meta = 2;
        CheckOpen();
        Guid client = _client.UuidFor(argument.ClientLogin, argument.ClientUuid);
        var message = default(OpteeMessage);
        message.Arg.Command = (uint)OpteeMsgCommand.OpenSession;
        message.Arg.CancelId = argument.CancelId;
        message.Params[0].Attr = OpteeMsg.AttrMeta | (ulong)OpteeMsgAttr.ValueInput;
        message.Params[1].Attr = OpteeMsg.AttrMeta | (ulong)OpteeMsgAttr.ValueInput;
        UuidOctets.Write(ref message.Params[0], argument.Uuid.ToGuid());
        UuidOctets.Write(ref message.Params[1], client);
        message.Params[1].C = argument.ClientLogin;

        ShmReferences references = default;
        try
        {
            ToMessage(parameters, ref message, Meta, ref references);
            Finish(Driver.TryCall(ref message), ref message, parameters, Meta, ref references);
        }
        finally
        {
            references.Release();
        }

        (argument.Ret, argument.RetOrigin) = (message.Arg.Result, message.Arg.ResultOrigin);
        argument.Session = message.Arg.Result == 0 ? message.Arg.Session : 0;
        if (message.Arg.Result != 0)
            return;
        lock (_lock)
        {
            if (!_disposed)
            {
                _sessions.Add(message.Arg.Session);
                return;
            }
        }

        CloseInTee(message.Arg.Session);
        throw new TeeDriverException(Errno.EBADF, "The device was closed meanwhile.");
    }

    public void Invoke(ref TeeIoctlInvokeArg argument, Span<TeeIoctlParam> parameters)
    {
        BeginCall(argument.Session);
        var message = default(OpteeMessage);
        message.Arg.Command = (uint)OpteeMsgCommand.InvokeCommand;
        message.Arg.Function = argument.Func;
        message.Arg.Session = argument.Session;
        message.Arg.CancelId = argument.CancelId;
        ShmReferences references = default;
        try
        {
            ToMessage(parameters, ref message, 0, ref references);
            Finish(Driver.TryCall(ref message), ref message, parameters, 0, ref references);
        }
        finally
        {
            EndCall();
            references.Release();
        }

        (argument.Ret, argument.RetOrigin) = (message.Arg.Result, message.Arg.ResultOrigin);
    }

    public void Cancel(uint cancelId, uint session)
    {
        CheckSession(session);
        CancelInTee(cancelId, session);
    }

    /// <summary>
    /// Cancels what a thread has invoked, whatever cancellation id its client gave it, because its client has died. The wish
    /// may overtake the call on its way into the TEE, so who wants the thread back asks again until it is there.
    /// </summary>
    internal void CancelCallOf(int managedThreadId)
    {
        const uint WhateverRuns = 0; // cancellation id 0 matches any operation of the session
        uint session;
        lock (_lock)
        {
            if (!_calls.TryGetValue(managedThreadId, out session))
                return;
        }

        CancelInTee(WhateverRuns, session);
    }

    public void CloseSession(uint session)
    {
        lock (_lock)
        {
            if (!_sessions.Remove(session))
                throw NoSession(session);
        }

        CloseInTee(session);
    }

    public DmaBufHandle AllocateRestricted(UseCase useCase, ulong size, uint flags = 0)
    {
        CheckOpen();
        DmaBufObject buffer = _host.HeapOf(useCase).Allocate(size, flags);
        TeeShm shm;
        try
        {
            shm = TeeShm.ForDmaBuf(this, buffer, keeps: false);
        }
        catch
        {
            buffer.Release();
            throw;
        }

        buffer.Released += shm.Dispose;
        return new LocalDmaBuf(buffer, Exports, shm.Id);
    }

    public TeeIoctlRstmemFdInfoData GetRestrictedInfo(DmaBufHandle dmaBuf)
    {
        CheckOpen();
        if (dmaBuf is not LocalDmaBuf local || !_host.Owns(local.Object))
            throw new TeeDriverException(Errno.EINVAL, "The dma-buf is from another TEE.");
        return Describe(local.Object);
    }

    internal TeeIoctlRstmemFdInfoData Describe(DmaBufObject buffer)
    {
        int id;
        lock (_lock)
            id = _shm.Values.FirstOrDefault(shm => shm.Cookie == buffer.Cookie)?.Id ?? -1;
        return new TeeIoctlRstmemFdInfoData { UseCase = (uint)buffer.Heap.UseCase, Id = id, Size = buffer.Size };
    }

    public DmaBufHandle AllocateFromHeap(string heapName, ulong size)
    {
        CheckOpen();
        return new LocalDmaBuf(_host.HeapNamed(heapName).Allocate(size, flags: 0), Exports);
    }

    public IReadOnlyList<HeapInfo> GetHeaps()
    {
        CheckOpen();
        return [.. _host.Heaps.Select(heap => heap.Describe())];
    }

    /// <summary>TEE_IOC_SUPPL_RECV: waits for a request. EINVAL on a device that is not the supplicant's.</summary>
    internal SupplicantQueue.Pending ReceiveRequest()
    {
        CheckPrivileged();
        return Driver.Supplicant.Receive();
    }

    /// <summary>TEE_IOC_SUPPL_SEND.</summary>
    internal void SendResponse(TeecResult result, ReadOnlySpan<TeeIoctlParam> parameters)
    {
        CheckPrivileged();
        Driver.Supplicant.Send(result, parameters);
    }

    /// <exception cref="TeeDriverException">EBADF: the device was closed meanwhile, and would never let go of it.</exception>
    internal int AddShm(TeeShm shm)
    {
        lock (_lock)
        {
            if (_disposed)
                throw Closed();
            int id = ++_lastShmId;
            _shm.Add(id, shm);
            return id;
        }
    }

    internal void RemoveShm(TeeShm shm)
    {
        lock (_lock)
            _shm.Remove(shm.Id);
    }

    public void Dispose()
    {
        uint[] sessions;
        TeeShm[] memory;
        lock (_lock)
        {
            if (_disposed)
                return;
            _disposed = true;
            sessions = [.. _sessions];
            _sessions.Clear();
            memory = [.. _shm.Values];
        }

        if (_privileged)
            Driver.Supplicant.Detach();
        foreach (uint session in sessions)
            CloseInTee(session);

        foreach (TeeShm shm in memory)
            shm.Dispose();
    }

    private TeeShm Register(ShmBlock block) => Register(block, cookie => TeeShm.Allocated(this, block, cookie));

    /// <summary>Tells the TEE of memory and makes it this context's; takes the block over, also when either fails.</summary>
    private TeeShm Register(ShmBlock block, Func<ulong, TeeShm> make)
    {
        ulong? registered = null;
        try
        {
            registered = Driver.Abi.RegisterShm(block.Range);
            return make(registered.Value);
        }
        catch
        {
            if (registered is { } cookie)
                Driver.Abi.UnregisterShm(cookie);
            block.Dispose();
            throw;
        }
    }

    private void CancelInTee(uint cancelId, uint session)
    {
        var message = default(OpteeMessage);
        message.Arg.Command = (uint)OpteeMsgCommand.Cancel;
        message.Arg.Session = session;
        message.Arg.CancelId = cancelId;
        Driver.TryCallFast(ref message);
    }

    private void CloseInTee(uint session)
    {
        var message = default(OpteeMessage);
        message.Arg.Command = (uint)OpteeMsgCommand.CloseSession;
        message.Arg.Session = session;
        Driver.TryCall(ref message);
    }

    /// <summary>Turns ioctl parameters into message parameters, checking each memref against its memory (params_from_user upstream).</summary>
    private void ToMessage(ReadOnlySpan<TeeIoctlParam> parameters, ref OpteeMessage message, int first, ref ShmReferences references)
    {
        if (parameters.Length > ShmReferences.Capacity)
            throw new TeeDriverException(Errno.EINVAL, $"{parameters.Length} parameters; a TA takes {ShmReferences.Capacity}.");
        message.Arg.ParameterCount = (uint)(first + parameters.Length);
        for (int i = 0; i < parameters.Length; i++)
        {
            TeeIoctlParam param = parameters[i];
            if (param.Attr > 7 || param.Attr == 4)
                throw new TeeDriverException(Errno.EINVAL, $"Parameter {i} has attributes 0x{param.Attr:x}.");
            ref OpteeMsgParam target = ref message.Params[first + i];
            if (!param.IsMemref)
            {
                target = new OpteeMsgParam { Attr = param.Attr, A = param.A, B = param.B, C = param.C };
            }
            else if (param.C == TeeIoctl.MemrefNull)
            {
                target = Driver.Abi.NullMemref(param.Attr);
            }
            else
            {
                TeeShm shm = GetShm(param.C);
                references[i] = shm;
                if (param.B > shm.Size || param.A > shm.Size - param.B)
                    throw new TeeDriverException(Errno.EINVAL, $"Parameter {i} refers to {param.B} bytes at offset {param.A} of memory of {shm.Size}.");
                shm.SyncForTee(param.A, param.B);
                target = new OpteeMsgParam { Attr = param.Attr, A = param.A, B = param.B, C = shm.Cookie };
            }
        }
    }

    private static void Finish(bool reached, ref OpteeMessage message, Span<TeeIoctlParam> parameters, int first, ref ShmReferences references)
    {
        if (!reached)
        {
            message.Arg.Result = (uint)TeecResult.Communication;
            message.Arg.ResultOrigin = (uint)TeecOrigin.Comms;
            return;
        }

        for (int i = 0; i < parameters.Length; i++)
        {
            ref TeeIoctlParam param = ref parameters[i];
            OpteeMsgParam result = message.Params[first + i];
            switch (param.Type)
            {
                case 2 or 3: // values out
                    (param.A, param.B, param.C) = (result.A, result.B, result.C);
                    break;
                case 6 or 7: // memrefs out: the size alone goes back
                    references[i]?.SyncForClient(param.A, Math.Min(param.B, result.B));
                    param.B = result.B;
                    break;
            }
        }
    }

    private TeeShm GetShm(ulong id)
    {
        lock (_lock)
        {
            if (id <= int.MaxValue && _shm.TryGetValue((int)id, out TeeShm? shm) && shm.TryAddReference())
                return shm;
        }

        throw new TeeDriverException(Errno.EINVAL, $"Shared memory {id} is not of this context.");
    }

    private void BeginCall(uint session)
    {
        CheckSession(session);
        lock (_lock)
            _calls[Environment.CurrentManagedThreadId] = session;
    }

    private void EndCall()
    {
        lock (_lock)
            _calls.Remove(Environment.CurrentManagedThreadId);
    }

    private void CheckSession(uint session)
    {
        lock (_lock)
        {
            if (_disposed)
                throw Closed();
            if (!_sessions.Contains(session))
                throw NoSession(session);
        }
    }

    private void CheckOpen()
    {
        lock (_lock)
        {
            if (_disposed)
                throw Closed();
        }
    }

    private void CheckPrivileged()
    {
        CheckOpen();
        if (!_privileged)
            throw new TeeDriverException(Errno.EINVAL, "This is not the supplicant's device.");
    }

    private static TeeDriverException Closed() => new(Errno.EBADF, "The TEE device is closed.");

    private static TeeDriverException NoSession(uint session) => new(Errno.EINVAL, $"Session {session} is not of this context.");

    /// <summary>The memory that one call refers to.</summary>
    [System.Runtime.CompilerServices.InlineArray(Capacity)]
    private struct ShmReferences
    {
        internal const int Capacity = 4;

        private TeeShm? _first;

        internal void Release()
        {
            foreach (TeeShm? shm in (Span<TeeShm?>)this)
                shm?.Release();
        }
    }
}
