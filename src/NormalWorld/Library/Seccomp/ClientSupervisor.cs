using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Win32.SafeHandles;
using RestrictedTee.NormalWorld.Device;
using RestrictedTee.NormalWorld.DeviceNodes;
using RestrictedTee.NormalWorld.Interop;
using RestrictedTee.NormalWorld.Uapi;
using Serilog;

namespace RestrictedTee.NormalWorld.Seccomp;

/// <summary>
/// Answers the system calls that the filter holds: what names a device, and ioctls on what was given for it. One thread receives,
/// because with more each of them is woken for each call; what can take long goes to another.
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
    private readonly ConcurrentDictionary<int, ulong> _waiting = []; // the calls that have not been answered, by the client's threads
    private ClientRegistrations? _registrations;
    private ClientIoctl? _ioctls;
    private ClientFile? _supplicant; // the last one; of the receiving thread

    /// <summary>Serves until nobody is left whom the filter holds.</summary>
    internal void Run()
    {
        _registrations = new ClientRegistrations(listener, _placeholders, nodes, Waits);
        _ioctls = new ClientIoctl(listener, _placeholders, _memory, _registrations, options.Face, _trace);
        new Receivers(listener, _threads, ServeAtBorder).Run();
        _heaps.Dispose(); // whoever waits for the end of this ends the process next
    }

    public void Dispose()
    {
        listener.Dispose();
        _registrations?.Dispose();
        _placeholders.Dispose();
        _memory.Dispose();
    }

    /// <summary>A border: whatever goes wrong with a call, its caller is answered and the others are served.</summary>
    private void ServeAtBorder(Libc.Notification call)
    {
        _waiting[call.Pid] = call.Id;
        bool isDone = true;
        try
        {
            isDone = Serve(call);
        }
        catch (Exception e)
        {
            Fail(call, e);
        }

        if (isDone)
            Forget(call);
    }

    private void Fail(in Libc.Notification call, Exception why)
    {
        if (why is TeeDriverException refused)
        {
            listener.Answer(call.Id, -(long)refused.Errno);
            return;
        }

        Log.Error("System call {Number} of process {Pid} could not be looked at: {Type} in {Place}", call.Number, call.Pid, why.GetType().Name, why.TargetSite?.ToString());
        listener.Continue(call.Id);
    }

    /// <returns>False when another thread goes on with it.</returns>
    private bool Serve(Libc.Notification call)
    {
        if (SystemCalls.Forks(call.Number) && _registrations!.Any)
            return Elsewhere(call, () => _registrations.Fork(call));
        if (call.Number == SystemCalls.Ioctl && Placeholders.Identify(call.Pid, unchecked((int)call.Arguments[0])) is { } open)
            return Ioctl(call, open);
        if (call.Number == SystemCalls.GetDents64)
            List(call);
        else if (call.Number != SystemCalls.Ioctl && !SystemCalls.Forks(call.Number))
            Named(call);
        else
            listener.Continue(call.Id);
        return true;
    }

    private bool Ioctl(Libc.Notification call, FileIdentity open)
    {
        uint request = unchecked((uint)call.Arguments[1]);
        if (_placeholders.Find(open) is { } file)
            return Ioctl(call, file, request);
        if (DmaBufIoctl.Is(request) && nodes.IsBuffer(open))
        {
            DmaBufIoctl.Run(request, call.Arguments[2], new UserMemory(call.Pid));
            listener.Answer(call.Id, 0);
        }
        else
        {
            listener.Continue(call.Id);
        }

        return true;
    }

    /// <summary>Here, when the caller's last one like it was over before another thread would have been awake.</summary>
    private bool Ioctl(Libc.Notification call, ClientFile file, uint request)
    {
        if (!file.Pace.IsShort(call.Pid, request))
            return Elsewhere(call, CarryOut);
        CarryOut();
        return true;

        void CarryOut()
        {
            long begin = Stopwatch.GetTimestamp();
            _ioctls!.Serve(call, file);
            file.Pace.Note(call.Pid, request, Stopwatch.GetElapsedTime(begin));
        }
    }

    private void List(in Libc.Notification call)
    {
        if (!DeviceListing.IsItsBeginning(call) || !listener.IsValid(call.Id) || _listing.List(call) is not { } result)
            listener.Continue(call.Id);
        else
            listener.Answer(call.Id, result);
    }

    private bool Elsewhere(Libc.Notification call, Action serve)
    {
        _threads.Run(() =>
        {
            try
            {
                serve();
            }
            catch (Exception e)
            {
                Fail(call, e);
            }

            Forget(call);
        });
        return false;
    }

    /// <summary>The thread's next call may be there already, which stays.</summary>
    private void Forget(in Libc.Notification call) => _waiting.TryRemove(new KeyValuePair<int, ulong>(call.Pid, call.Id));

    /// <summary>Asks the kernel, because whoever has been answered runs before that is noted here.</summary>
    private bool Waits(int thread) => _waiting.TryGetValue(thread, out ulong call) && listener.IsValid(call);

    private void Named(in Libc.Notification call)
    {
        bool isAt = SystemCalls.IsAt(call.Number);
        var memory = new UserMemory(call.Pid);
        if (ClientPaths.Read(memory, call.Arguments[isAt ? 1 : 0]) is not { Length: > 0 } path || !ClientPaths.MayBeDevice(path)
            || ClientPaths.Resolve(call.Pid, isAt ? unchecked((int)call.Arguments[0]) : ClientPaths.AtFdCwd, path) is not { } absolute
            || nodes.Find(_heaps.Translate(absolute)) is not { } node)
        {
            listener.Continue(call.Id);
            return;
        }

        if (listener.IsValid(call.Id))
            Answer(call, memory, node, isAt ? 2 : 1);
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
