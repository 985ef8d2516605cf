using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.Device;
using RestrictedTee.NormalWorld.DmaBuf;
using RestrictedTee.NormalWorld.Heaps;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Board;

namespace RestrictedTee.NormalWorld.Serving;

/// <summary>The TEE device of another process, over the socket of <c>rtee up</c>: each typed call becomes its binary ioctl.</summary>
internal sealed class RemoteDevice : ITeeDevice
{
    private readonly RemoteChannel _channel;
    private IReadOnlyList<HeapInfo>? _heaps;
    private readonly IdleShm _idle;

    private RemoteDevice(RemoteChannel channel)
    {
        _channel = channel;
        _idle = new IdleShm(channel);
    }

    /// <exception cref="TeeLaunchException">Nothing serves there, or it is not for this user.</exception>
    internal static RemoteDevice Connect(string path)
    {
        try
        {
            return new RemoteDevice(RemoteChannel.Open(path));
        }
        catch (TeeDriverException e) when (e.Errno is Errno.ENODEV)
        {
            throw new TeeLaunchException($"No TEE serves at '{path}'. Start one with 'rtee up'.", e);
        }
        catch (Exception e) when (e is TeeDriverException or IOException)
        {
            throw new TeeLaunchException($"The TEE at '{path}' cannot be used: {e.Message}", e);
        }
    }

    public TeeIoctlVersionData GetVersion()
    {
        TeeIoctlVersionData data = default;
        Call(TeeIoctl.Version, ref data);
        return data;
    }

    public ITeeShm AllocateShm(ulong size) => _idle.TryTake(size) is { } kept ? new RemoteShm(kept, _channel, _idle) : AllocateNewShm(size);

    private RemoteShm AllocateNewShm(ulong size) => WithRoom(() => new RemoteShm(AllocateMapping(size), _channel, _idle));

    public ITeeShm RegisterShm(nuint address, ulong length) => WithRoom(() => RegisterOnce(address, length));

    private RemoteRegistration RegisterOnce(nuint address, ulong length)
    {
        var data = new TeeIoctlShmRegisterData { Address = address, Length = length };
        Open(TeeIoctl.ShmRegister, ref data, ref data.Id).Dispose(); // it is closed by its id
        return new RemoteRegistration(_channel, data.Id, length);
    }

    public ITeeShm RegisterShmFd(DmaBufHandle dmaBuf)
    {
        using SafeFileHandle descriptor = dmaBuf.ExportDescriptor();
        return RegisterShmFd(descriptor);
    }

    /// <summary>TEE_IOC_SHM_REGISTER_FD as it is: the descriptor stays the caller's.</summary>
    internal ITeeShm RegisterShmFd(SafeFileHandle descriptor) => WithRoom(() => RegisterOnce(descriptor));

    private RemoteRegistration RegisterOnce(SafeFileHandle descriptor)
    {
        TeeIoctlShmRegisterFdData data = default;
        Open(TeeIoctl.ShmRegisterFd, ref data, ref data.Id, descriptor).Dispose();
        return new RemoteRegistration(_channel, data.Id, data.Size);
    }

    public void OpenSession(ref TeeIoctlOpenSessionArg argument, Span<TeeIoctlParam> parameters)
    {
        argument.NumParams = (uint)parameters.Length;
        CallWithBuffer(TeeIoctl.OpenSession, ref argument, parameters);
    }

    public void Invoke(ref TeeIoctlInvokeArg argument, Span<TeeIoctlParam> parameters)
    {
        argument.NumParams = (uint)parameters.Length;
        CallWithBuffer(TeeIoctl.Invoke, ref argument, parameters);
    }

    public void Cancel(uint cancelId, uint session)
    {
        var argument = new TeeIoctlCancelArg { CancelId = cancelId, Session = session };
        Call(TeeIoctl.Cancel, ref argument);
    }

    public void CloseSession(uint session) => Call(TeeIoctl.CloseSession, ref session);

    public DmaBufHandle AllocateRestricted(UseCase useCase, ulong size, uint flags = 0) => WithRoom(() => AllocateRestrictedOnce(useCase, size, flags));

    private RemoteDmaBuf AllocateRestrictedOnce(UseCase useCase, ulong size, uint flags)
    {
        var data = new TeeIoctlRstmemAllocData { Size = size, Flags = flags, UseCase = (uint)useCase };
        SafeFileHandle descriptor = Call(TeeIoctl.RstmemAlloc, ref data) ?? throw NoDescriptor();
        return new RemoteDmaBuf(_channel, descriptor, HeapNameOf(useCase), data.Size, useCase, data.Id);
    }

    public TeeIoctlRstmemFdInfoData GetRestrictedInfo(DmaBufHandle dmaBuf)
    {
        using SafeFileHandle descriptor = dmaBuf.ExportDescriptor();
        TeeIoctlRstmemFdInfoData data = default;
        Call(TeeIoctl.RstmemFdInfo, ref data, descriptor)?.Dispose();
        return data;
    }

    public DmaBufHandle AllocateFromHeap(string heapName, ulong size) => WithRoom(() => AllocateFromHeapOnce(heapName, size));

    private RemoteDmaBuf AllocateFromHeapOnce(string heapName, ulong size)
    {
        var data = new DmaHeapAllocationData { Length = size };
        SafeFileHandle descriptor;
        using (RemoteChannel.Lease lease = _channel.Rent())
        {
            descriptor = lease.Call(Wire.Operation.HeapIoctl, TeeIoctl.DmaHeapAlloc, Bytes(ref data), Encoding.UTF8.GetBytes(heapName), null) ?? throw NoDescriptor();
        }

        return Describe(descriptor);
    }

    public DmaBufHandle CreateBuffer(ulong size, string allocator = "")
    {
        var data = new SmafCreateData { Length = size, Name = SmafName.From(allocator) };
        return Describe(Smaf(SmafIoctl.Create, ref data) ?? throw NoDescriptor());
    }

    public IReadOnlyList<string> GetAllocators()
    {
        var names = new List<string>();
        SmafInfo info = default;
        do
        {
            info = new SmafInfo { Index = (uint)names.Count };
            Smaf(SmafIoctl.GetInfo, ref info)?.Dispose();
            names.Add(info.Name.ToString());
        }
        while (names.Count < info.Count);

        return names;
    }

    public bool IsSecure(DmaBufHandle dmaBuf)
    {
        using SafeFileHandle descriptor = dmaBuf.ExportDescriptor();
        SmafSecureFlag flag = default;
        Smaf(SmafIoctl.GetSecureFlag, ref flag, descriptor)?.Dispose();
        return flag.Secure != 0;
    }

    public void SetSecure(DmaBufHandle dmaBuf, bool secure)
    {
        using SafeFileHandle descriptor = dmaBuf.ExportDescriptor();
        var flag = new SmafSecureFlag { Secure = secure ? 1u : 0 };
        Smaf(SmafIoctl.SetSecureFlag, ref flag, descriptor)?.Dispose();
    }

    public IReadOnlyList<HeapInfo> GetHeaps()
    {
        using RemoteChannel.Lease lease = _channel.Rent();
        lease.Call(Wire.Operation.ListHeaps, 0, [], [], null)?.Dispose();
        return JsonSerializer.Deserialize(lease.ReplyBuffer, ServingJson.Default.HeapInfoArray) ?? [];
    }

    /// <summary>What is under way in the TEE, everybody's.</summary>
    internal IReadOnlyList<CallInfo> GetCalls()
    {
        using RemoteChannel.Lease lease = _channel.Rent();
        lease.Call(Wire.Operation.ListCalls, 0, [], [], null)?.Dispose();
        return JsonSerializer.Deserialize(lease.ReplyBuffer, ServingJson.Default.CallInfoArray) ?? [];
    }

    /// <summary>Asks whatever runs in a session to end.</summary>
    /// <exception cref="TeeDriverException">ENOENT: nothing does.</exception>
    internal void CancelCall(uint session)
    {
        using RemoteChannel.Lease lease = _channel.Rent();
        lease.Call(Wire.Operation.CancelCall, session, [], [], null)?.Dispose();
    }

    /// <summary>Ends the secure world, whatever runs in it.</summary>
    internal void EndSecureWorld()
    {
        using RemoteChannel.Lease lease = _channel.Rent();
        lease.Call(Wire.Operation.EndSecureWorld, 0, [], [], null)?.Dispose();
    }

    public void Dispose()
    {
        _channel.Dispose();
        _idle.Dispose();
    }

    /// <summary>A request for which the server may have no room left; what lies idle here then goes, and it is made once more.</summary>
    private T WithRoom<T>(Func<T> request)
    {
        try
        {
            return request();
        }
        catch (TeeDriverException e) when (e.Errno is Errno.ENOMEM or Errno.EMFILE)
        {
            // Not in the filter, which runs while the request that failed still has its connection.
            if (!_idle.DropAll())
                throw;
            return request();
        }
    }

    private ShmMapping AllocateMapping(ulong size)
    {
        var data = new TeeIoctlShmAllocData { Size = size };
        using SafeFileHandle memfd = Open(TeeIoctl.ShmAlloc, ref data, ref data.Id);
        try
        {
            return new ShmMapping(data.Id, data.Size, memfd);
        }
        catch
        {
            _channel.CloseShm(data.Id);
            throw;
        }
    }

    /// <summary>A handle; takes the descriptor over, also when it fails.</summary>
    private RemoteDmaBuf Describe(SafeFileHandle descriptor)
    {
        try
        {
            DmaBufInfo info = RemoteDmaBuf.Describe(_channel, descriptor);
            return new RemoteDmaBuf(_channel, descriptor, info.HeapName, info.Size, info.UseCase, shmId: -1);
        }
        catch
        {
            descriptor.Dispose();
            throw;
        }
    }

    private SafeFileHandle? Smaf<T>(uint request, ref T argument, SafeFileHandle? descriptor = null)
        where T : struct
    {
        using RemoteChannel.Lease lease = _channel.Rent();
        return lease.Call(Wire.Operation.SmafIoctl, request, Bytes(ref argument), [], descriptor);
    }

    private SafeFileHandle? Call<T>(uint request, ref T argument, SafeFileHandle? descriptor = null)
        where T : struct
    {
        using RemoteChannel.Lease lease = _channel.Rent();
        return lease.Call(Wire.Operation.Ioctl, request, Bytes(ref argument), [], descriptor);
    }

    /// <summary>A request that makes shared memory; what the server made is closed again when its descriptor did not arrive.</summary>
    private SafeFileHandle Open<T>(uint request, ref T argument, ref int id, SafeFileHandle? descriptor = null)
        where T : struct
    {
        try
        {
            return Call(request, ref argument, descriptor) ?? throw NoDescriptor();
        }
        catch (TeeDriverException)
        {
            if (id != 0)
                _channel.CloseShm(id);
            throw;
        }
    }

    private static TeeDriverException NoDescriptor() => new(Errno.EIO, "The server's answer came without the descriptor.");

    private void CallWithBuffer<T>(uint request, ref T argument, Span<TeeIoctlParam> parameters)
        where T : struct
    {
        int size = Unsafe.SizeOf<T>();
        Span<byte> buffer = stackalloc byte[TeeIoctl.MaxArgSize];
        buffer = buffer[..(size + (parameters.Length * Unsafe.SizeOf<TeeIoctlParam>()))];
        MemoryMarshal.Write(buffer, in argument);
        MemoryMarshal.AsBytes(parameters).CopyTo(buffer[size..]);
        var reference = new TeeIoctlBufData { BufLen = (ulong)buffer.Length };
        using RemoteChannel.Lease lease = _channel.Rent();
        lease.Refer(parameters);
        lease.Call(Wire.Operation.Ioctl, request, Bytes(ref reference), buffer, null)?.Dispose();
        argument = MemoryMarshal.Read<T>(buffer);
        MemoryMarshal.Cast<byte, TeeIoctlParam>(buffer[size..]).CopyTo(parameters);
    }

    /// <summary>The board is the server's to know, and does not change.</summary>
    private string HeapNameOf(UseCase useCase)
    {
        IReadOnlyList<HeapInfo> heaps = Volatile.Read(ref _heaps) ?? GetHeaps();
        Volatile.Write(ref _heaps, heaps);
        return heaps.FirstOrDefault(heap => heap.UseCase == useCase)?.Name ?? useCase.ToString();
    }

    private static Span<byte> Bytes<T>(ref T value)
        where T : struct => MemoryMarshal.AsBytes(new Span<T>(ref value));
}
