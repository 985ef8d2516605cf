using RestrictedTee.NormalWorld.DmaBuf;
using RestrictedTee.NormalWorld.DmaBuf.Devices;
using RestrictedTee.NormalWorld.DmaBuf.Fences;
using RestrictedTee.NormalWorld.Driver;
using RestrictedTee.NormalWorld.Shm;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Abi;

namespace RestrictedTee.NormalWorld.Peripherals;

/// <summary>What a driver of a device is made of.</summary>
/// <param name="Index">The device among those that the secure world has models of.</param>
/// <param name="Device">The device as an importer.</param>
/// <param name="Devices">All of the board.</param>
/// <param name="Bus">Its registers.</param>
/// <param name="Shm">Where its descriptors lie.</param>
/// <param name="Work">Where the work goes that its interrupts leave.</param>
internal sealed record PeripheralParts(int Index, DmaDevice Device, BoardDevices Devices, SipBus Bus, ShmAllocator Shm, BottomHalf Work);

/// <summary>
/// The driver of a device: puts descriptors into normal RAM, rings its doorbell, and hears by interrupt of their ends. Each job attaches
/// and maps its buffers for as long as it takes, after the fences of those who had them before.
/// </summary>
public abstract class Peripheral : IDmaImporter
{
    private static readonly TimeSpan DefaultDeadline = TimeSpan.FromSeconds(10);

    private readonly object _lock = new(); // protects everything below; the bus is used under it, so that jobs end in the order of their doorbells
    private readonly PeripheralParts _parts;
    private readonly int _descriptorSize;
    private readonly Queue<Pending> _jobs = new();
    private DescriptorRing? _ring;
    private ulong _ended;
    private bool _isGone;

    private protected Peripheral(PeripheralParts parts, int descriptorSize)
    {
        (_parts, _descriptorSize) = (parts, descriptorSize);
        _ended = parts.Bus.Read(parts.Index, DeviceRegisters.Ended);
    }

    /// <summary>The device as the board has it.</summary>
    public DmaDevice Device => _parts.Device;

    /// <summary>
    /// Which buffers the driver takes. It can do with those that may be revoked under a job, which then fails; one that says
    /// <see cref="Placements.Pinned"/> alone cannot be shot down by who gave the buffer.
    /// </summary>
    public Placements Takes { get; set; } = Placements.Pinned | Placements.Revocable;

    /// <summary>By when a job must have ended.</summary>
    public TimeSpan Deadline { get; set; } = DefaultDeadline;

    void IDmaImporter.MoveNotify(DmaBufAttachment attachment, BufferChange change)
    {
        // A job whose buffer was taken away ends with a bus error; its mapping goes with it.
    }

    /// <summary>Jobs have ended. On the thread that takes interrupts.</summary>
    internal void OnInterrupt()
    {
        lock (_lock)
        {
            for (ulong ended = _parts.Bus.Read(_parts.Index, DeviceRegisters.Ended); _ended < ended && _jobs.TryDequeue(out Pending? job); _ended++)
            {
                DeviceResult result = _ring!.StatusOf(job.Slot);
                _ring.Return(job.Slot);
                _parts.Work.Add(() => job.End(ErrnoOf(result)));
            }
        }

        OnEvent();
    }

    /// <summary>The secure world has gone: nothing will end any more.</summary>
    internal void OnGone()
    {
        lock (_lock)
        {
            _isGone = true;
            while (_jobs.TryDequeue(out Pending? job))
                _parts.Work.Add(() => job.End(Errno.ENODEV));
            _ring?.Dispose();
            _ring = null;
        }
    }

    /// <summary>An interrupt has come, be it for the end of a job or for something of the device's own.</summary>
    private protected virtual void OnEvent()
    {
    }

    private protected ulong Read(ulong register) => _parts.Bus.Read(_parts.Index, register);

    private protected ulong? ReadIfThere(ulong register) => _parts.Bus.ReadIfThere(_parts.Index, register);

    private protected void Write(ulong register, ulong value) => _parts.Bus.Write(_parts.Index, register, value);

    /// <summary>The bits of devices that may consume what a job produces.</summary>
    /// <exception cref="TeeDriverException">ENODEV: one is none of this board.</exception>
    private protected ulong RowsOf(IReadOnlyList<DmaDevice> consumers)
    {
        ulong rows = 0;
        foreach (DmaDevice consumer in consumers)
            rows |= 1UL << (_parts.Devices.RowOf(consumer) ?? throw new TeeDriverException(Errno.ENODEV, $"The board has no device '{consumer.Name}' that could consume."));
        return rows;
    }

    /// <summary>Gives the device a job, when those who have its buffers have done with them.</summary>
    /// <exception cref="TeeDriverException">As <see cref="DmaUses"/>; EBUSY: the device has as many jobs as it takes; ENODEV.</exception>
    private protected DmaJob Submit<T>(IEnumerable<(DmaBufHandle Buffer, DmaDirection Direction)> uses, Func<DmaUses, T> describe)
        where T : unmanaged
    {
        var fence = new DmaFence(_parts.Device.Name, Deadline);
        DmaUses? mapped = null;
        try
        {
            mapped = new DmaUses(Device with { Takes = Takes }, this, uses, fence, Deadline);
            Ring(describe(mapped), new Pending(mapped, fence));
            return new DmaJob(fence);
        }
        catch
        {
            mapped?.Withdraw();
            throw;
        }
    }

    private void Ring<T>(in T descriptor, Pending job)
        where T : unmanaged
    {
        lock (_lock)
        {
            if (_isGone)
                throw new TeeDriverException(Errno.ENODEV, "The secure world has gone.");
            _ring ??= new DescriptorRing(_parts.Shm, _descriptorSize);
            job.Slot = _ring.Write(descriptor) ?? throw new TeeDriverException(Errno.EBUSY, $"{_parts.Device.Name} has as many jobs as it takes.");
            try
            {
                Write(DeviceRegisters.Doorbell, _ring.AddressOf(job.Slot));
            }
            catch
            {
                _ring?.Return(job.Slot);
                throw;
            }

            _jobs.Enqueue(job);
        }
    }

    private static Errno? ErrnoOf(DeviceResult result) => result switch
    {
        DeviceResult.Done => null,
        DeviceResult.BadDescriptor => Errno.EINVAL,
        DeviceResult.BusError => Errno.EFAULT,
        DeviceResult.Forbidden => Errno.EACCES,
        DeviceResult.Busy => Errno.EBUSY,
        _ => Errno.EIO,
    };

    /// <summary>A job that the device has.</summary>
    private sealed class Pending(DmaUses uses, DmaFence fence)
    {
        internal int Slot { get; set; }

        /// <summary>Whoever waits for the fence finds the buffers unmapped.</summary>
        internal void End(Errno? error)
        {
            try
            {
                uses.Dispose();
            }
            finally
            {
                if (error is { } errno)
                    fence.Fail(errno);
                else
                    fence.Signal();
            }
        }
    }
}
