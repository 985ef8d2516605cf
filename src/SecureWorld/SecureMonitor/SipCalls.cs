using RestrictedTee.SecureWorld.Devices;
using RestrictedTee.SecureWorld.Firewall;
using RestrictedTee.SecureWorld.Kernel.Threads;
using RestrictedTee.SmcTransport.Abi;
using RestrictedTee.SmcTransport.Frames;

namespace RestrictedTee.SecureWorld.SecureMonitor;

/// <summary>The SiP service calls, which are the same whatever else the conduits carry; everything else goes on to the dispatcher of the conduit ABI.</summary>
internal sealed class SipCalls : IFrameDispatcher
{
    private readonly IFrameDispatcher _next;
    private readonly DeviceModels _models;
    private readonly DispatchTable<SmcCall> _table;

    internal SipCalls(DeviceModels models, IFrameDispatcher next)
    {
        (_models, _next) = (models, next);
        _table = new DispatchTable<SmcCall>(
            SipDevices.Calls,
            Reach.Both,
            new Dictionary<uint, SmcCall>
            {
                [SipDevices.DeviceCount] = (ref f, _) => (f[0], f[1]) = (SipDevices.Success, (ulong)_models.Devices.Count),
                [SipDevices.DeviceInfo] = DeviceInfo,
                [SipDevices.RegisterRead] = RegisterRead,
                [SipDevices.RegisterWrite] = RegisterWrite,
                [SipDevices.InterruptsTake] = (ref f, _) => (f[0], f[1]) = (SipDevices.Success, _models.TakeInterrupts()),
                [SipDevices.CpuStore] = (ref f, _) => f[0] = Copy(to: f[1], from: f[2], f[3]),
                [SipDevices.CpuLoad] = (ref f, _) => f[0] = Copy(to: f[2], from: f[1], f[3]),
            },
            code => (ref frame, _) => frame.A0 = code);
    }

    /// <summary>Every function id that is served.</summary>
    internal IReadOnlyList<uint> Served => _table.Served;

    public void Handle(ref SmcFrame frame, TeeThread thread)
    {
        uint function = frame.A0;
        if (!SipDevices.IsSip(function))
            _next.Handle(ref frame, thread);
        else if (_table.Find(function) is { } call)
            call(ref frame, thread);
        else
            frame.A0 = OpteeSmc.ReturnUnknownFunction;
    }

    public void Fail(ref SmcFrame frame) => _next.Fail(ref frame);

    private void DeviceInfo(ref SmcFrame frame, TeeThread thread)
    {
        uint index = frame.A1;
        bool isThere = index < _models.Devices.Count;
        (frame[0], frame[1]) = isThere ? (SipDevices.Success, (ulong)_models.Rows[(int)index]) : (SipDevices.InvalidParameter, 0);
    }

    private void RegisterRead(ref SmcFrame frame, TeeThread thread)
    {
        ulong value = 0;
        bool isRead = Find(frame[1])?.TryRead(frame[2], out value) == true;
        (frame[0], frame[1]) = (isRead ? SipDevices.Success : SipDevices.InvalidParameter, value);
    }

    private void RegisterWrite(ref SmcFrame frame, TeeThread thread) => frame[0] = Find(frame[1])?.Write(frame[2], frame[3]) switch
    {
        RegisterOutcome.Done => SipDevices.Success,
        RegisterOutcome.Busy => SipDevices.NotRequired,
        _ => SipDevices.InvalidParameter,
    };

    /// <summary>Both ends are asked of the firewall in the name of the CPU, the far end of the copy first.</summary>
    private ulong Copy(ulong to, ulong from, ulong length)
    {
        BusPort cpu = _models.Cpu;
        int bytes = length <= BusPort.MaxBurst ? (int)length : 0;
        if (!cpu.TryOpen(BusAddress.Physical(from), bytes, AccessRights.Read, out BusWindow source))
            return SipDevices.BusError;
        using (source)
        {
            if (!cpu.TryOpen(BusAddress.Physical(to), bytes, AccessRights.Write, out BusWindow destination))
                return SipDevices.BusError;
            using (destination)
                source.Bytes.CopyTo(destination.Bytes);
        }

        return SipDevices.Success;
    }

    private DeviceModel? Find(ulong index) => index < (ulong)_models.Devices.Count ? _models.Devices[(int)index] : null;
}
