using RestrictedTee.NormalWorld.DmaBuf;
using RestrictedTee.NormalWorld.DmaBuf.Devices;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Board;

namespace RestrictedTee.NormalWorld.Heaps;

/// <summary>
/// The gate whose word is the TEE's: a restricted buffer is mapped for a device by the firewall and its security module. What the TEE
/// does not keep goes by the rows of the board alone.
/// </summary>
internal sealed class FirewallGate(ProtectedMemoryClient tee, BoardDevices devices) : IAccessGate
{
    public ulong Grant(in AccessRequest request)
    {
        tee.CheckIsThere(); // a later secure world has its own memory at the physical addresses of this buffer
        DmaAccess access = DmaDirections.AccessOf(request.Direction);
        if (request.Cookie == 0)
            return RowGate.Instance.Grant(request);
        if (request.Device == DmaDevice.Cpu)
        {
            tee.AskForCpuAccess(request.Cookie, RightsOfCpu(request.Direction));
            throw new TeeDriverException(Errno.EACCES, $"The CPU may do nothing with buffers of {request.Exporter.Name}.");
        }

        return tee.MapForDevice(request.Cookie, RowOf(request), (BusRights)access);
    }

    public void SetAccess(in AccessRequest request, bool isGranted)
    {
        if (request.Cookie == 0)
            throw new TeeDriverException(Errno.EOPNOTSUPP, $"The TEE does not keep the buffer of {request.Exporter.Name}, so it shuts nobody out of it.");
        tee.SetDeviceAccess(request.Cookie, RowOf(request), isGranted);
    }

    /// <summary>What is meant for a device is written by the CPU, and what comes from one is read.</summary>
    private static BusRights RightsOfCpu(DmaDirection direction) => direction switch
    {
        DmaDirection.ToDevice => BusRights.Write,
        DmaDirection.FromDevice => BusRights.Read,
        _ => BusRights.ReadWrite,
    };

    public void Revoke(in AccessRequest request, ulong handle)
    {
        if (handle != 0)
            tee.UnmapForDevice(handle);
    }

    private int RowOf(in AccessRequest request) => devices.RowOf(request.Device)
        ?? throw new TeeDriverException(Errno.EINVAL, $"The board has no device '{request.Device.Name}' that could be let to buffers of {request.Exporter.Name}.");
}
