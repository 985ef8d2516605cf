using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using RestrictedTee.NormalWorld.Device;
using RestrictedTee.NormalWorld.DeviceNodes;
using RestrictedTee.NormalWorld.Interop;
using RestrictedTee.NormalWorld.Shm;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.NormalWorld.UserPages;

namespace RestrictedTee.NormalWorld.Seccomp;

/// <summary>
/// Memory of their own that clients register (TEE_IOC_SHM_REGISTER), so that it is shared: their pages are replaced by such as the secure world can map.
/// What has been replaced stays for a moment after the last registration, since who registers memory once does so again, and becomes the client's own then.
/// </summary>
internal sealed class ClientRegistrations : IDisposable
{
    private const uint CloseOnExec = 0x8_0000; // O_CLOEXEC
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(1);

    private readonly object _lock = new(); // one registration at a time, so that a plan holds until it is carried out; held over its call into the TEE, which may wait for a conduit
    private readonly PageTable _table = new();
    private readonly PageExchange _exchange;
    private readonly NotificationListener _listener;
    private readonly Placeholders _placeholders;
    private readonly ShmAllocator? _banks;
    private readonly Timer _restoring;
    private int _isRestoringDue; // so that registrations which keep ending do not put it off for ever

    /// <param name="listener">By which calls are answered.</param>
    /// <param name="placeholders">What clients hold for a registration.</param>
    /// <param name="nodes">Whose devices they are.</param>
    /// <param name="waits">Whether a thread of a client waits for an answer.</param>
    internal ClientRegistrations(NotificationListener listener, Placeholders placeholders, IDeviceNodes nodes, Predicate<int> waits)
    {
        (_listener, _placeholders, _banks) = (listener, placeholders, nodes.Banks);
        _exchange = new PageExchange(_table, waits);
        _restoring = new Timer(_ => RestoreIdle());
    }

    /// <summary>Whether pages of any client are such as a child would share.</summary>
    internal bool Any => !_table.IsEmpty;

    /// <summary>Held to read by whoever writes a client's memory for it.</summary>
    internal ReaderWriterLockSlim Memory => _exchange.Memory;

    /// <summary>Registers memory so that it is shared, and answers the call.</summary>
    /// <returns>False when these pages cannot be replaced; the call has not been answered then.</returns>
    /// <exception cref="TeeDriverException">EFAULT, ENOMEM, ENODEV.</exception>
    internal bool TryRegister(in Libc.Notification call, ClientFile file, TeeIoctlShmRegisterData data)
    {
        if (_banks is null || RuntimeInformation.ProcessArchitecture != Architecture.X64 || data.Length == 0 || file.Node.Kind != DeviceKind.Tee)
            return false;
        UserRange range = UserRange.Covering(data.Address, data.Length)
            ?? throw new TeeDriverException(Errno.EFAULT, $"There are no {data.Length} bytes at 0x{data.Address:x}.");
        int process = Caller.ProcessOf(call.Pid);
        lock (_lock)
        {
            if (Plan(process, range) is not { } plan)
                return false;
            PageFile? fresh = plan.OwnBytes == 0 ? null : new PageFile(_banks.AllocateBank(plan.OwnBytes), process);
            if (fresh is not null)
            {
                _table.Add(fresh);
                RestoreInAMoment(); // should nothing come of it
            }

            if (Register(file, data.Address - range.Start, data.Length, plan, fresh) is not { } shm)
                return false;
            data.Id = shm.Id;
            using SafeFileHandle placeholder = _placeholders.Add(new ClientShm(file, data.Id));
            if (Hand(call, process, range, plan, fresh, placeholder, data))
                return true;
        }

        return false;
    }

    /// <summary>Lets a client fork. A border: it does so whatever goes wrong, as when the child is killed while it gets its pages.</summary>
    internal void Fork(in Libc.Notification call)
    {
        ulong id = call.Id;
        try
        {
            _exchange.Fork(call.Pid, () => _listener.Continue(id));
        }
        catch (Exception e)
        {
            Serilog.Log.Warning("The child of thread {Thread} has not got pages of its own: {Type}: {Reason}", call.Pid, e.GetType().Name, e.Message);
            _listener.Continue(id);
        }
    }

    public void Dispose()
    {
        using var done = new ManualResetEvent(false);
        if (_restoring.Dispose(done))
            done.WaitOne();
        _table.Dispose();
    }

    /// <summary>Null over FF-A for pages that are shared already: they can be sent once (DENIED), so their next registration has a copy.</summary>
    private TeeShm? Register(ClientFile file, ulong offset, ulong size, PagePlan plan, PageFile? fresh)
    {
        try
        {
            return file.Device.RegisterPages(plan.RangesWith(fresh), offset, size, Use(fresh is null ? plan.Files : plan.Files.Append(fresh)));
        }
        catch (TeeDriverException e) when (e.Errno == Errno.EACCES)
        {
            return null;
        }
    }

    private PagePlan? Plan(int process, UserRange range) => PagePlan.Make(ProcessMap.Below(process, range.End), range, _table.Find);

    private bool Hand(in Libc.Notification call, int process, UserRange range, PagePlan plan, PageFile? fresh, SafeFileHandle placeholder, TeeIoctlShmRegisterData data)
    {
        (ulong id, int thread, ulong address) = (call.Id, call.Pid, call.Arguments[2]);
        if (fresh is not null)
            return _exchange.TryReplace(thread, process, plan, Prepare, fresh, Answer);
        Show();
        if (_listener.AddDescriptor(id, placeholder, CloseOnExec, answers: true) is < 0 and var error)
            _listener.Answer(id, error);
        return true;

        void Show() => new UserMemory(thread).CopyTo(MemoryMarshal.AsBytes(new ReadOnlySpan<TeeIoctlShmRegisterData>(in data)), address);

        bool Prepare()
        {
            if (!_listener.IsValid(id) || !plan.Equals(Plan(process, range)))
                return false;
            Show();
            return true;
        }

        (int File, int Result)? Answer()
        {
            int memory = _listener.AddDescriptor(id, fresh.Memory, CloseOnExec, answers: false);
            if (memory < 0)
                return null;
            int result = _listener.AddDescriptor(id, placeholder, CloseOnExec, answers: false);
            _listener.Answer(id, -(long)Errno.ENOMEM); // what it returns if it never comes to its stop
            return (memory, result);
        }
    }

    private Registration Use(IEnumerable<PageFile> files) => new(_table, [.. files], RestoreInAMoment);

    private void RestoreInAMoment()
    {
        if (Interlocked.Exchange(ref _isRestoringDue, 1) != 0)
            return;
        try
        {
            _restoring.Change(Moment, Timeout.InfiniteTimeSpan);
        }
        catch (ObjectDisposedException)
        {
            // All clients have gone.
        }
    }

    /// <summary>A border: what goes wrong here is tried again.</summary>
    private void RestoreIdle()
    {
        Volatile.Write(ref _isRestoringDue, 0);
        try
        {
            lock (_lock)
            {
                foreach (IGrouping<int, PageFile> files in _table.IdleFor(Moment).GroupBy(file => file.Process))
                {
                    var mapped = ProcessMap.Of(files.Key).Select(mapping => mapping.File).ToHashSet();
                    foreach (PageFile file in files)
                    {
                        if (!mapped.Contains(file.Identity) || _exchange.TryRestore(file))
                            _table.Remove(file);
                    }
                }
            }
        }
        catch (Exception e)
        {
            Serilog.Log.Warning("Pages of a client could not be given back: {Type}: {Reason}", e.GetType().Name, e.Message);
        }

        if (_table.HasIdle)
            RestoreInAMoment();
    }

    /// <summary>One registration's hold on the files that its pages are in.</summary>
    private sealed class Registration : IDisposable
    {
        private readonly PageTable _table;
        private readonly PageFile[] _files;
        private readonly Action _ended;

        internal Registration(PageTable table, PageFile[] files, Action ended)
        {
            (_table, _files, _ended) = (table, files, ended);
            foreach (PageFile file in files)
                table.Use(file);
        }

        public void Dispose()
        {
            foreach (PageFile file in _files)
                _table.EndUse(file);
            _ended();
        }
    }
}
