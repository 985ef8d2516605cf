using RestrictedTee.Contracts;
using RestrictedTee.NormalWorld.Device;
using RestrictedTee.NormalWorld.DmaBuf;
using RestrictedTee.NormalWorld.Heaps;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Board;

namespace RestrictedTee.NormalWorld.Client;

/// <summary>
/// The TEE Client API (GPD_SPE_007) for C#: a connection to a TEE (TEEC_Context), sessions, shared memory and restricted
/// buffers. What is open when it is disposed is closed then, so nothing can be forgotten.
/// </summary>
/// <example>
/// <code>
/// using TeeContext tee = TeeContext.Launch();
/// using TeeSession hello = tee.OpenSession(HelloWorld.Uuid);
/// var operation = new Operation(Parameter.ValueInOut(41));
/// hello.Invoke(HelloWorld.CommandIncrementValue, operation);   // operation[0].A is 42
/// </code>
/// </example>
public sealed class TeeContext : IDisposable, IAsyncDisposable
{
    private readonly object _lock = new(); // protects _memory and _disposed; a leaf
    private readonly HashSet<SharedMemory> _memory = [];
    private readonly IDisposable? _owned;
    private readonly ITeeDevice _device;
    private bool _disposed;

    internal TeeContext(ITeeDevice device, IDisposable? owned = null)
    {
        _device = device;
        Requests = new RequestRunner(this, device);
        Bounces = new BouncePool(this);
        _owned = owned;
    }

    internal RequestRunner Requests { get; }

    internal BouncePool Bounces { get; }

    /// <summary>The device below, for what the client API does not have.</summary>
    public ITeeDevice Device => _device;

    /// <summary>TEEC_OpenSession.</summary>
    /// <param name="uuid">The trusted application.</param>
    /// <param name="login">As whom.</param>
    /// <param name="group">For a group login, the group.</param>
    /// <param name="operation">Parameters.</param>
    /// <exception cref="TeecException">It did not open.</exception>
    public TeeSession OpenSession(Guid uuid, TeecLogin login = TeecLogin.Public, uint group = 0, Operation? operation = null)
    {
        TeecResult result = TryOpenSession(uuid, login, group, operation, out TeeSession? session, out TeecOrigin origin);
        return result == TeecResult.Success ? session! : throw new TeecException(result, origin, $"No session to {uuid}");
    }

    /// <summary>
    /// TEEC_OpenSession, reporting the outcome instead of throwing it: BAD_STATE from the API for an operation that is under way already.
    /// </summary>
    public TeecResult TryOpenSession(Guid uuid, TeecLogin login, uint group, Operation? operation, out TeeSession? session, out TeecOrigin origin)
    {
        const uint NoneYet = 0;
        (session, origin) = (null, TeecOrigin.Api);
        if (operation?.TryBegin(this, NoneYet) == false)
            return TeecResult.BadState;
        var argument = new TeeIoctlOpenSessionArg { Uuid = UuidBytes.From(uuid), ClientLogin = (uint)login, CancelId = operation?.CancelId ?? 0 };
        if (login == TeecLogin.Group)
            BitConverter.TryWriteBytes(argument.ClientUuid, group);
        try
        {
            TeecResult result = Requests.Run(operation, ref argument, out origin);
            if (result == TeecResult.Success)
                session = new TeeSession(this, argument.Session);
            return result;
        }
        finally
        {
            operation?.End();
        }
    }

    /// <summary>TEEC_AllocateSharedMemory. Memory of size 0 can be referred to, and has no bytes.</summary>
    /// <exception cref="TeecException">BAD_PARAMETERS for flags or a size that there is not, OUT_OF_MEMORY.</exception>
    public SharedMemory AllocateSharedMemory(int size, Direction flags = Direction.InOut)
    {
        const int Smallest = 8; // what libteec makes of 0
        Check(flags);
        if (size < 0)
            throw new TeecException(TeecResult.BadParameters, TeecOrigin.Api, $"No shared memory of {size} bytes");
        ITeeShm shm = ErrnoResults.Guard(() => _device.AllocateShm((ulong)Math.Max(size, Smallest)), $"No shared memory of {size} bytes");
        return Keep(new SharedMemory(this, shm, size, flags));
    }

    /// <summary>
    /// TEEC_RegisterSharedMemory: memory of the client's own. Around each call the range that it refers to is copied to the TEE, and of
    /// an output what the TA wrote is copied back.
    /// </summary>
    /// <exception cref="TeecException">BAD_PARAMETERS for no memory or flags that there are not, OUT_OF_MEMORY.</exception>
    public SharedMemory RegisterSharedMemory(Memory<byte> memory, Direction flags = Direction.InOut) => Register(memory, memory, flags);

    /// <summary>TEEC_RegisterSharedMemory of memory that the client may only read; for input alone.</summary>
    /// <exception cref="TeecException">As above.</exception>
    public SharedMemory RegisterSharedMemory(ReadOnlyMemory<byte> memory) => Register(default, memory, Direction.Input);

    /// <summary>TEEC_RegisterSharedMemoryFileDescriptor: a restricted buffer, by its dma-buf handle. The registration keeps the buffer.</summary>
    /// <exception cref="TeecException">BAD_PARAMETERS: the handle is closed, or of another TEE, or there are no such flags.</exception>
    public SharedMemory RegisterSharedMemory(DmaBufHandle dmaBuf, Direction flags = Direction.InOut)
    {
        Check(flags);
        return RegisterSharedMemory(ErrnoResults.Guard(() => _device.RegisterShmFd(dmaBuf), "Cannot register the dma-buf"), flags);
    }

    /// <summary>Memory that the device has registered.</summary>
    internal SharedMemory RegisterSharedMemory(ITeeShm shm, Direction flags) => Keep(new SharedMemory(this, shm, (int)shm.Size, flags));

    /// <summary>The dma-heaps with their state.</summary>
    public IReadOnlyList<HeapInfo> Heaps => _device.GetHeaps();

    /// <summary>The heaps that a whole pipeline shares: each of the devices can be attached to their buffers.</summary>
    /// <param name="devices">By the board's names: "video-decoder", "display-controller".</param>
    /// <exception cref="TeeDriverException">ENODEV: the board has no device of such a name.</exception>
    public IReadOnlyList<HeapInfo> HeapsSharedBy(params IReadOnlyList<string> devices) => PipelineHeaps.SharedBy(Heaps, devices);

    /// <summary>A restricted buffer from a heap by name, as DMA_HEAP_IOCTL_ALLOC gives it.</summary>
    /// <exception cref="TeeDriverException">ENOENT, EINVAL, EAGAIN: over a limit, ENOMEM.</exception>
    public DmaBufHandle AllocateRestricted(string heapName, int size) => _device.AllocateFromHeap(heapName, Bytes(size));

    /// <summary>A restricted buffer by use case, as TEE_IOC_RSTMEM_ALLOC gives it.</summary>
    /// <exception cref="TeeDriverException">EINVAL, EAGAIN: over a limit, ENOMEM.</exception>
    public DmaBufHandle AllocateRestricted(UseCase useCase, int size) => _device.AllocateRestricted(useCase, Bytes(size));

    /// <summary>Asks the TEE what it is.</summary>
    /// <exception cref="TeecException">It could not be asked.</exception>
    public PlatformInfo GetPlatform()
    {
        using TeeSession session = OpenSession(PlatformPta.Uuid);
        var operation = new Operation(Parameter.ValueOutput());
        session.Invoke(PlatformPta.CommandDescribe, operation);
        return new PlatformInfo(
            operation[0].A == PlatformPta.Emulation,
            MemoryProtectionNames.Of((SmcTransport.Abi.MemoryProtection)operation[0].B));
    }

    /// <summary>TEEC_FinalizeContext.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_disposed)
                return;
            _disposed = true;
        }

        _device.Dispose(); // closes sessions and shared memory with it
        _owned?.Dispose();
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    internal void Close(TeeSession session)
    {
        try
        {
            _device.CloseSession(session.Id);
        }
        catch (TeeDriverException)
        {
            // The device was closed first, and all its sessions with it.
        }
    }

    internal void Cancel(uint cancelId, uint session)
    {
        try
        {
            _device.Cancel(cancelId, session);
        }
        catch (TeeDriverException)
        {
            // The session has ended meanwhile, so there is nothing left to cancel.
        }
    }

    private static ulong Bytes(int size) => size >= 0 ? (ulong)size : throw new TeeDriverException(Errno.EINVAL, $"A buffer of size {size}.");

    private static void Check(Direction flags)
    {
        if (flags == 0 || (flags & ~Direction.InOut) != 0)
            throw new TeecException(TeecResult.BadParameters, TeecOrigin.Api, $"Shared memory has no flags 0x{(uint)flags:x}");
    }

    private SharedMemory Register(Memory<byte> memory, ReadOnlyMemory<byte> readOnly, Direction flags)
    {
        Check(flags);
        ITeeShm shm = ErrnoResults.Guard(() => _device.AllocateShm((ulong)readOnly.Length), $"Cannot register {readOnly.Length} bytes");
        return Keep(new SharedMemory(this, shm, readOnly.Length, flags, memory, readOnly));
    }

    internal void Forget(SharedMemory memory)
    {
        lock (_lock)
            _memory.Remove(memory);
    }

    private SharedMemory Keep(SharedMemory memory)
    {
        lock (_lock)
            _memory.Add(memory);
        return memory;
    }
}
