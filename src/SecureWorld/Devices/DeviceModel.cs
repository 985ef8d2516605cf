using System.Runtime.InteropServices;
using RestrictedTee.SecureWorld.Firewall;
using RestrictedTee.SecureWorld.ProtectedMemory;
using RestrictedTee.SmcTransport.Abi;
using Serilog;

namespace RestrictedTee.SecureWorld.Devices;

/// <summary>How writing a register ended.</summary>
internal enum RegisterOutcome
{
    /// <summary>It is written.</summary>
    Done,

    /// <summary>There is none, it is not written, or it does not take the value.</summary>
    Invalid,

    /// <summary>The device has as many jobs as it takes.</summary>
    Busy,
}

/// <summary>
/// A device: registers, and jobs that it does one after the other on a thread of its own, which reaches memory through its port alone.
/// A job is a chain of descriptors in normal RAM: each is read once, then validated, then done, and gets its status written.
/// </summary>
/// <remarks>The thread is there from the first job on. A device is one file, and one line in <see cref="DeviceModels"/>.</remarks>
internal abstract class DeviceModel : IDisposable
{
    private const int StackSize = 512 * 1024;

    private readonly object _lock = new(); // protects the fields below; a leaf, pulsed when a job comes or the end
    private readonly Queue<ulong> _jobs = new();
    private readonly DeviceParts _parts;
    private Thread? _thread;
    private bool _isRunning;
    private bool _isStopped;
    private bool _hasEvent;
    private ulong _ended;
    private DeviceResult _result;

    protected DeviceModel(DeviceParts parts) => _parts = parts;

    /// <summary>The bus master that it is.</summary>
    internal MasterId Id => Port.Id;

    /// <summary>The one way to memory.</summary>
    protected BusPort Port => _parts.Port;

    /// <summary>Where to keep what was read, while a job works on it.</summary>
    protected SecureRam Ram => _parts.Ram;

    /// <summary>Labels a buffer that the caller holds, before a job writes to it.</summary>
    /// <param name="memory">The buffer; null for normal memory, which has no label.</param>
    /// <param name="consumers">Who may consume what is written.</param>
    /// <param name="isContent">Whether it comes of content that was for others.</param>
    protected DeviceResult Label(GuardedMemory? memory, IReadOnlyList<MasterId> consumers, bool isContent = false) =>
        (memory is null ? ClaimOutcome.Claimed : Port.Label(memory, consumers, isContent)) switch
        {
            ClaimOutcome.Claimed => DeviceResult.Done,
            ClaimOutcome.InUse => DeviceResult.Busy,
            _ => DeviceResult.BusError,
        };

    /// <summary>Bytes of a descriptor.</summary>
    protected abstract int DescriptorSize { get; }

    /// <summary>Reads a register; false for one that is not there, or is not read.</summary>
    internal bool TryRead(ulong offset, out ulong value)
    {
        lock (_lock)
        {
            ulong? read = offset switch
            {
                DeviceRegisters.Pending => (ulong)_jobs.Count + (_isRunning ? 1UL : 0),
                DeviceRegisters.Ended => _ended,
                DeviceRegisters.Result => (ulong)_result,
                >= DeviceRegisters.Own => ReadOwn(offset),
                _ => null,
            };
            value = read ?? 0;
            return read is not null;
        }
    }

    /// <summary>Writes a register.</summary>
    internal RegisterOutcome Write(ulong offset, ulong value)
    {
        if (offset == DeviceRegisters.Doorbell)
            return Ring(value);
        if (offset < DeviceRegisters.Own)
            return RegisterOutcome.Invalid;
        bool isWritten, hasEvent;
        lock (_lock)
        {
            isWritten = WriteOwn(offset, value);
            (hasEvent, _hasEvent) = (_hasEvent, false);
        }

        if (hasEvent)
            _parts.Interrupt();
        return isWritten ? RegisterOutcome.Done : RegisterOutcome.Invalid;
    }

    /// <summary>Begins no more jobs, and waits for the one that runs, which reaches no more memory than its burst.</summary>
    public void Dispose()
    {
        Thread? thread;
        lock (_lock)
        {
            _isStopped = true;
            _jobs.Clear();
            thread = _thread;
            Monitor.Pulse(_lock);
        }

        Port.SwitchOff();
        thread?.Join();
        GC.SuppressFinalize(this);
    }

    /// <summary>Does what one descriptor asks.</summary>
    /// <param name="descriptor">A private copy of it.</param>
    protected abstract DeviceResult Run(ReadOnlySpan<byte> descriptor);

    /// <summary>Refuses what a job asks for, with a record: it would let content out of the chain that it is for.</summary>
    protected DeviceResult Forbid(GuardedMemory? memory, string rule)
    {
        Port.Refuse(memory, rule);
        return DeviceResult.Forbidden;
    }

    /// <summary>A register of its own, or null; the lock is held, and taken again by <see cref="Update"/> without harm.</summary>
    protected virtual ulong? ReadOwn(ulong offset) => null;

    /// <summary>Writes a register of its own; false when it cannot be. The lock is held.</summary>
    protected virtual bool WriteOwn(ulong offset, ulong value) => false;

    /// <summary>Tells the normal world that there is something to read, once <see cref="WriteOwn"/> has let go of the lock: ringing takes others.</summary>
    protected void Interrupt() => _hasEvent = true;

    /// <summary>Changes what the registers show, between two reads of them.</summary>
    protected void Update(Action change)
    {
        lock (_lock)
            change();
    }

    private RegisterOutcome Ring(ulong job)
    {
        lock (_lock)
        {
            if (_isStopped || _jobs.Count == DeviceRegisters.MaxPending)
                return RegisterOutcome.Busy;
            if (_thread is null)
            {
                var thread = new Thread(Serve, StackSize) { IsBackground = true, Name = $"device {Id.Name}" };
                thread.Start(); // when there is none to be had, the next doorbell tries again
                _thread = thread;
            }

            _jobs.Enqueue(job);
            Monitor.Pulse(_lock);
            return RegisterOutcome.Done;
        }
    }

    private void Serve()
    {
        while (TryTake(out ulong job))
        {
            (DeviceResult result, ulong last) = (DeviceResult.DeviceError, job);
            try
            {
                result = RunChain(job, out last);
            }
            catch (Exception e)
            {
                Log.Error("Device {Device} fails: {Exception} at {Stack}", Id.Name, e.GetType().Name, e.StackTrace);
            }

            // A job whose output was taken away before its end was refused an access, be it that it needed no more.
            if (!Port.EndJob(isWhole: result == DeviceResult.Done) && result == DeviceResult.Done)
            {
                result = DeviceResult.BusError;
                TryWriteStatus(last, result); // where nobody may write any more, the register tells it alone
            }

            lock (_lock)
            {
                (_isRunning, _result) = (false, result);
                _ended++;
            }

            _parts.Interrupt();
        }
    }

    private bool TryTake(out ulong job)
    {
        lock (_lock)
        {
            while (!_isStopped && _jobs.Count == 0)
                Monitor.Wait(_lock);
            _isRunning = !_isStopped;
            return _jobs.TryDequeue(out job) && _isRunning;
        }
    }

    /// <summary>A chain that is too long, or goes in a circle, ends as a bad one.</summary>
    /// <param name="address">The first descriptor.</param>
    /// <param name="last">The one that it ended with.</param>
    private DeviceResult RunChain(ulong address, out ulong last)
    {
        last = address;
        Span<byte> descriptor = stackalloc byte[DescriptorSize];
        for (int i = 0; i < DeviceRegisters.MaxChain; i++)
        {
            if (address % sizeof(ulong) != 0 || !Port.TryReadDescriptor(address, descriptor))
                return DeviceResult.BadDescriptor;
            Port.BeginDescriptor();
            last = address;
            DeviceResult result = Run(descriptor);
            if (!TryWriteStatus(address, result))
                return DeviceResult.BadDescriptor;
            if (result != DeviceResult.Done)
                return result;
            address = MemoryMarshal.Read<DescriptorHead>(descriptor).Next;
            if (address == 0)
                return DeviceResult.Done;
        }

        return DeviceResult.BadDescriptor;
    }

    private bool TryWriteStatus(ulong descriptor, DeviceResult result)
    {
        uint status = (uint)result;
        return Port.TryWriteDescriptor(descriptor, DescriptorHead.StatusOffset, MemoryMarshal.AsBytes(new ReadOnlySpan<uint>(in status)));
    }
}
