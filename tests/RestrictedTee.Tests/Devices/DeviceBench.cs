using System.Runtime.InteropServices;
using RestrictedTee.SecureWorld.Devices;
using RestrictedTee.SecureWorld.Firewall;
using RestrictedTee.SecureWorld.ProtectedMemory;
using RestrictedTee.SmcTransport.Abi;
using RestrictedTee.SmcTransport.Board;
using RestrictedTee.SmcTransport.Frames;
using RestrictedTee.SmcTransport.Interleaving;
using RestrictedTee.Tests.Firewall;
using RestrictedTee.Tests.Harness;

namespace RestrictedTee.Tests.Devices;

/// <summary>A TEE whose devices are programmed as a driver would: registers by SiP calls, descriptors in normal RAM.</summary>
internal sealed class DeviceBench : IDisposable
{
    private const ulong ScratchOffset = 0xA_0000; // of bank 0: reserved shm that no conduit uses

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    internal DeviceBench(string device, ConduitAbi abi = ConduitAbi.Smc, BoardFile? board = null, string? screenFile = null)
    {
        Tee = new InProcessTee(abi: abi, board: board, screenFile: screenFile);
        Access = new DeviceAccess(Tee.Os.Firewall);
        Row = Tee.Os.Firewall.Static.Masters.ToList().IndexOf(MasterId.Device(device));
        Device = (ulong)Enumerable.Range(0, (int)Sip(SipDevices.DeviceCount).Value).Single(i => Sip(SipDevices.DeviceInfo, (ulong)i).Value == (ulong)Row);
    }

    internal InProcessTee Tee { get; }

    internal DeviceAccess Access { get; }

    internal ulong Device { get; }

    internal int Row { get; }

    internal BusMaster Master => BusMaster.Device(Tee.Os.Firewall.Static.Masters[Row].Name);

    /// <summary>Normal RAM for descriptors and data.</summary>
    internal Span<byte> Scratch => Tee.Bank.GetSpan(ScratchOffset, 0x2_0000);

    internal ulong ScratchAddress => Tee.Board.NormalRam.Base + ScratchOffset;

    /// <summary>A bit for the row of a master.</summary>
    internal ulong RowBit(string name) => 1UL << Tee.Os.Firewall.Static.Masters.ToList().IndexOf(MasterId.Device(name));

    internal RestrictedBuffer Allocate(ulong size = 8192, UseCase useCase = default) =>
        Tee.Os.Restricted.Allocate(Tee.Os.Restricted.PoolOf(useCase == default ? UseCase.SecureVideoPlay : useCase)!, size)!;

    internal BusAddress Map(GuardedMemory buffer, AccessRights rights)
    {
        Assert.Equal(DeviceAccessOutcome.Done, Access.Map(Master.Id, buffer, rights, out ulong handle));
        return BusAddress.Mapped(handle);
    }

    internal BusAddress Normal(int offset) => BusAddress.Physical(ScratchAddress + (ulong)offset);

    /// <summary>Puts bytes into a buffer as a TA would.</summary>
    internal void Fill(GuardedMemory buffer, ReadOnlySpan<byte> bytes)
    {
        Assert.True(Tee.Os.Firewall.TryGrant(FirewallBench.SecureTa, 1, buffer, 0, bytes.Length, AccessRights.ReadWrite, out AccessGrant grant));
        bytes.CopyTo(FirewallBench.Bytes(grant));
        grant.Dispose();
    }

    /// <summary>What lies in a buffer, looked at from below the firewall.</summary>
    internal static byte[] ContentOf(GuardedMemory buffer, int length)
    {
        // A reader of this test alone: the label does not name it, so it looks with the eyes of the label's owner.
        Claim? label = buffer.Label;
        (MasterId master, ulong instance) = label is null ? (FirewallBench.SecureTa.Id, 1UL) : (label.Owner, label.Instance);
        Assert.Null(buffer.TryGrant(master, instance, AccessRights.Read, 0, length, out AccessGrant grant));
        byte[] content = FirewallBench.Bytes(grant).ToArray();
        grant.Dispose();
        return content;
    }

    internal (ulong Code, ulong Value) Sip(uint function, ulong x1 = 0, ulong x2 = 0, ulong x3 = 0)
    {
        SmcFrame frame = default;
        (frame[0], frame[1], frame[2], frame[3]) = (function, x1, x2, x3);
        frame = Tee.Smc(frame);
        return (frame[0], frame[1]);
    }

    internal ulong Read(ulong register) => Sip(SipDevices.RegisterRead, Device, register).Value;

    /// <summary>Writes a descriptor to the start of the scratch memory, rings, and waits for its end.</summary>
    internal DeviceResult Run<T>(T descriptor)
        where T : unmanaged
    {
        MemoryMarshal.Write(Scratch, descriptor);
        ulong ended = Read(DeviceRegisters.Ended);
        Assert.Equal(SipDevices.Success, Sip(SipDevices.RegisterWrite, Device, DeviceRegisters.Doorbell, ScratchAddress).Code);
        WaitUntilEnded(ended + 1);
        return (DeviceResult)Read(DeviceRegisters.Result);
    }

    /// <summary>The model that a driver's registers reach.</summary>
    internal DeviceModel Model => Tee.Os.Devices.Devices[(int)Device];

    /// <summary>
    /// As <see cref="Run"/>, with something that happens on the device's thread when it is about to open memory for the n-th time in this job,
    /// counted from 1, its descriptors and their status among them. The first job of a bench alone, since the thread begins with it.
    /// </summary>
    internal DeviceResult RunWith<T>(Action<int> aboutToOpen, T descriptor)
        where T : unmanaged
    {
        MemoryMarshal.Write(Scratch, descriptor);
        int opened = 0;
        InterleavingPoint.Reached = point =>
        {
            if (point == "BusPort.TryOpen")
                aboutToOpen(++opened);
        };
        try
        {
            Assert.Equal(RegisterOutcome.Done, Model.Write(DeviceRegisters.Doorbell, ScratchAddress));
        }
        finally
        {
            InterleavingPoint.Reached = null;
        }

        WaitUntilEnded(1);
        return (DeviceResult)Read(DeviceRegisters.Result);
    }

    internal void WaitUntilEnded(ulong count) => Assert.True(SpinWait.SpinUntil(() => Read(DeviceRegisters.Ended) >= count, Deadline), "The device's job does not end.");

    public void Dispose() => Tee.Dispose();
}
