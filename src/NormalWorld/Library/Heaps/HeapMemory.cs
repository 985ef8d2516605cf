using Microsoft.Win32.SafeHandles;
using RestrictedTee.NormalWorld.DmaBuf;
using RestrictedTee.NormalWorld.DmaBuf.Devices;
using RestrictedTee.NormalWorld.Driver;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.NormalRam;

namespace RestrictedTee.NormalWorld.Heaps;

/// <summary>The memory of a buffer that came from a heap.</summary>
/// <param name="heap">The heap.</param>
/// <param name="memory">What the back end allocated.</param>
/// <param name="steps">How it is given back.</param>
internal sealed class HeapMemory(DmaHeap heap, PoolMemory memory, ReleaseSteps steps) : IDmaBufMemory
{
    private readonly object _lock = new(); // protects _memory and _cookie, and is held while the TEE is told and while the content is copied
    private PoolMemory _memory = memory;
    private ulong _cookie = memory.Cookie;
    private bool _registered;

    public IDmaBufExporter Exporter => heap;

    internal DmaHeap Heap => heap;

    internal PoolMemory Memory
    {
        get
        {
            lock (_lock)
                return _memory;
        }
    }

    public ulong Cookie
    {
        get
        {
            lock (_lock)
            {
                if (_cookie == 0)
                    Register();
                return _cookie;
            }
        }
    }

    public ulong KnownCookie
    {
        get
        {
            lock (_lock)
                return _cookie;
        }
    }

    public ulong RestrictedCookie
    {
        get
        {
            lock (_lock)
                return _registered ? 0 : _cookie;
        }
    }

    public Span<byte> CpuView => heap.Restriction.IsRestricted || Memory.Block is not { } block ? default : block.Span;

    public SafeFileHandle? File => Memory.Block is { HasOwnBank: true } block ? block.Bank.Memfd : null;

    public void Check(IReadOnlyList<DmaDevice> devices) => Attachability.Check(heap, devices, Memory.Ranges);

    public IReadOnlyList<MemoryRange> Provide(IReadOnlyList<DmaDevice> devices) => Memory.Ranges;

    public void Move(IReadOnlyList<DmaDevice> devices)
    {
        lock (_lock)
        {
            if (_registered)
                throw new TeeDriverException(Errno.EBUSY, "The buffer is registered with the TEE."); // its cookie means these pages
            PoolMemory target = heap.BackEnd.Allocate(_memory.Size, PhysicalAddress.PageSize);
            try
            {
                Attachability.Check(heap, devices, target.Ranges);
            }
            catch
            {
                heap.BackEnd.Free(target);
                throw;
            }

            _memory.Block!.Span.CopyTo(target.Block!.Span);
            heap.BackEnd.Free(_memory);
            _memory = target;
        }
    }

    public void Release() => steps.Run();

    /// <summary>The one range that it is.</summary>
    /// <exception cref="TeeDriverException">EINVAL: it is not one, or none of physical addresses.</exception>
    internal PhysicalRange Physical =>
        Memory.Ranges is [{ Provider.Cookie: 0 } range] && PhysicalRange.TryCreate(new PhysicalAddress(range.Address), range.Length, out PhysicalRange physical)
            ? physical
            : throw new TeeDriverException(Errno.EINVAL, $"A buffer of {heap.Name} is no range of physical addresses.");

    /// <summary>The CPU's pages are behind the firewall now.</summary>
    internal void BecomeRestricted(ulong cookie)
    {
        lock (_lock)
        {
            _cookie = cookie;
            _memory = _memory with
            {
                Ranges = [.. _memory.Ranges.Select(range => range with { Attributes = (range.Attributes & ~RangeAttributes.Cached) | RangeAttributes.Protected })],
            };
        }
    }

    /// <summary>By its descriptor (TEE_IOC_SHM_REGISTER_FD): the TEE then has a name for these pages.</summary>
    private void Register()
    {
        ulong name = heap.BackEnd.Register(Physical);
        (_cookie, _registered) = (name, true);
        steps.Add(() => heap.BackEnd.Unregister(name));
    }
}
