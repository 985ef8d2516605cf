using System.Diagnostics;
using Microsoft.Win32.SafeHandles;
using RestrictedTee.NormalWorld.Device;
using RestrictedTee.NormalWorld.DeviceNodes;
using RestrictedTee.NormalWorld.Interop;
using RestrictedTee.NormalWorld.Uapi;
using Serilog;

namespace RestrictedTee.NormalWorld.Seccomp;

/// <summary>
/// Answers the system calls that the filter holds: what names a device, and ioctls on what was given for it. What can take long goes to another
/// thread than the one that receives.
/// </summary>
internal sealed class ClientSupervisor(IDeviceNodes nodes, NotificationListener listener, ClientOptions options) : IDisposable
{
    private const ulong CloseOnExec = 0x8_0000;
    private const int StatXBuffer = 4; // statx(2): the last of its arguments

    private readonly Placeholders _placeholders = new();
    private readonly SharedMemoryWatch _memory = new();
    private readonly CallThreads _threads = new();
    private readonly DeviceListing _listing = new(nodes);
    private readonly HeapFolder _heaps = new(nodes.Heaps);
    private readonly CallTrace? _trace = options.Trace is { } trace ? new CallTrace(trace) : null;
    private readonly ReaderWriterLockSlim _clientMemory = new();
    private PendingCalls? _calls;
    private ClientRegistrations? _registrations;
    private ClientIoctl? _ioctls;
    private ClientFile? _supplicant; // the last one; of the receiving thread

    /// <summary>Serves until nobody is left whom the filter holds.</summary>
    internal void Run()
    {
        _calls = new PendingCalls(listener, _clientMemory);
        _registrations = new ClientRegistrations(listener, _placeholders, nodes, _calls, _clientMemory);
        _ioctls = new ClientIoctl(listener, _calls, _placeholders, _memory, _registrations, options.Face, _trace);
        new Receivers(listener, _threads, ServeAtBorder).Run();
    }

    public void Dispose()
    {
        listener.Dispose();
        _registrations?.Dispose();
        _placeholders.Dispose();
        _memory.Dispose();
        _heaps.Dispose();
    }

    private void ServeAtBorder(Libc.Notification call)
    {
        _calls!.Begin(call);
        try
        {
            Serve(call);
        }
        catch (Exception e)
        {
            Log.Error("System call {Number} of process {Pid} could not be looked at: {Type} in {Place}", call.Number, call.Pid, e.GetType().Name, e.TargetSite?.ToString());
            _calls.Continue(call);
        }
    }

    private void Serve(Libc.Notification call)
    {
        if (SystemCalls.Forks(call.Number))
            Fork(call);
        else if (call.Number == SystemCalls.GetDents64)
            List(call);
        else if (call.Number != SystemCalls.Ioctl)
            Named(call);
        else if (Placeholders.Identify(call.Pid, unchecked((int)call.Arguments[0])) is { } open)
            Ioctl(call, open);
        else
            _calls!.Continue(call);
    }

    private void Ioctl(Libc.Notification call, FileIdentity open)
    {
        uint request = unchecked((uint)call.Arguments[1]);
        if (_placeholders.Find(open) is { } file)
            Ioctl(call, file, request);
        else if (DmaBufIoctl.Is(request) && nodes.IsBuffer(open))
            Answer(call, () => DmaBufIoctl.Run(request, call.Arguments[2], new UserMemory(call.Pid)));
        else
            _calls!.Continue(call);
    }

    /// <summary>Here, when the caller's last one like it was over before another thread would have been awake.</summary>
    private void Ioctl(Libc.Notification call, ClientFile file, uint request)
    {
        if (!file.Pace.IsShort(call.Pid, request))
        {
            Elsewhere(call, Carry);
            return;
        }

        Carry();

        void Carry()
        {
            long begin = Stopwatch.GetTimestamp();
            _ioctls!.Serve(call, file);
            _calls!.End(call);
            file.Pace.Note(call.Pid, request, Stopwatch.GetElapsedTime(begin));
        }
    }

    private void Answer(in Libc.Notification call, Action carryOut)
    {
        try
        {
            carryOut();
            _calls!.Answer(call, 0);
        }
        catch (TeeDriverException e)
        {
            _calls!.Fail(call, e);
        }
    }

    private void Fork(Libc.Notification call)
    {
        if (_registrations!.Any)
            Elsewhere(call, () => _registrations.Fork(call));
        else
            _calls!.Continue(call);
    }

    private void List(Libc.Notification call)
    {
        if (!DeviceListing.IsItsBeginning(call))
        {
            _calls!.Continue(call);
            return;
        }

        long? result = null;
        _calls!.Answer(call, () =>
        {
            result = _listing.List(call);
            if (result is { } value)
                listener.Answer(call.Id, value);
        });
        if (result is null)
            listener.Continue(call.Id);
    }

    private void Elsewhere(Libc.Notification call, Action serve) => _threads.Run(() =>
    {
        serve();
        _calls!.End(call);
    });

    private void Named(in Libc.Notification call)
    {
        bool isAt = SystemCalls.IsAt(call.Number);
        var memory = new UserMemory(call.Pid);
        if (ClientPaths.Read(memory, call.Arguments[isAt ? 1 : 0]) is not { Length: > 0 } path || !ClientPaths.MayBeDevice(path)
            || ClientPaths.Resolve(call.Pid, isAt ? unchecked((int)call.Arguments[0]) : ClientPaths.AtFdCwd, path) is not { } absolute
            || nodes.Find(_heaps.Translate(absolute)) is not { } node)
        {
            _calls!.Continue(call);
            return;
        }

        try
        {
            Libc.Notification pending = call;
            _calls!.Answer(call, () => Answer(pending, memory, node, isAt ? 2 : 1));
        }
        catch (TeeDriverException e)
        {
            _calls!.Fail(call, e);
        }
    }

    /// <param name="call">The call.</param>
    /// <param name="memory">The caller's.</param>
    /// <param name="node">What it names.</param>
    /// <param name="next">Which argument follows the path.</param>
    private void Answer(in Libc.Notification call, UserMemory memory, DeviceNode node, int next)
    {
        int number = call.Number;
        if (number == SystemCalls.Open || number == SystemCalls.OpenAt || number == SystemCalls.OpenAt2)
        {
            ulong flags = number == SystemCalls.OpenAt2 ? ReadHow(memory, call.Arguments[next]) : call.Arguments[next];
            try
            {
                Give(call.Id, node, Caller.IdentityOf(call.Pid), flags);
                _trace?.Opened(call.Pid, node, null);
            }
            catch (TeeDriverException e)
            {
                _trace?.Opened(call.Pid, node, e);
                throw;
            }

            return;
        }

        if (number == SystemCalls.StatX)
            DeviceNodeStatus.WriteStatX(memory, call.Arguments[StatXBuffer], node);
        else if (number == SystemCalls.Stat || number == SystemCalls.LStat || number == SystemCalls.NewFStatAt)
            DeviceNodeStatus.WriteStat(memory, call.Arguments[next], node);
        listener.Answer(call.Id, 0);
    }

    private void Give(ulong id, DeviceNode node, ClientIdentity client, ulong flags)
    {
        if (node.Kind is DeviceKind.FfaTestDriverVersion or DeviceKind.HeapFolder)
        {
            using SafeFileHandle real = node.Kind == DeviceKind.HeapFolder ? _heaps.Open() : FfaTestDriver.OpenVersion(flags);
            if (listener.AddDescriptor(id, real, (uint)(flags & CloseOnExec), answers: true) is < 0 and var error)
                listener.Answer(id, error);
            return;
        }

        if (node.Kind == DeviceKind.Supplicant && _supplicant is { } last && _placeholders.HasHungUp(last))
            last.Dispose(); // who ended a moment ago is in nobody's way
        var file = new ClientFile(node, nodes.Open(node, client));
        if (node.Kind == DeviceKind.Supplicant)
            _supplicant = file;
        int given;
        using (SafeFileHandle placeholder = _placeholders.Add(file))
            given = listener.AddDescriptor(id, placeholder, (uint)(flags & CloseOnExec), answers: true);
        _placeholders.Watched();
        if (given < 0)
            listener.Answer(id, given);
    }

    /// <summary>The flags of a struct open_how.</summary>
    private static ulong ReadHow(UserMemory memory, ulong address)
    {
        Span<byte> flags = stackalloc byte[sizeof(ulong)];
        memory.CopyFrom(address, flags);
        return BitConverter.ToUInt64(flags);
    }
}
