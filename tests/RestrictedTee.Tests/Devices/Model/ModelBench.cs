using System.Runtime.InteropServices;
using RestrictedTee.NormalWorld.Heaps;
using RestrictedTee.SecureWorld.Firewall;
using RestrictedTee.SecureWorld.ProtectedMemory;
using RestrictedTee.SmcTransport.Abi;
using RestrictedTee.SmcTransport.Board;
using RestrictedTee.SmcTransport.Frames;
using RestrictedTee.Tests.Harness;

namespace RestrictedTee.Tests.Devices.Model;

/// <summary>The real thing, by the doors that a driver has, and a look at memory from below the firewall.</summary>
internal sealed class ModelBench : IDisposable
{
    internal const int NormalSize = 16 << 10;

    private const ulong DescriptorOffset = 8 << 20, NormalOffset = 15 << 20; // the latter ends before the bank does

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private readonly ulong[] _devices;

    internal ModelBench()
    {
        Tee = new InProcessTee(board: Board);
        Client = new ProtectedMemoryClient(Tee.Driver);
        _devices = [.. Enumerable.Range(0, Board.BusMasters.Count).Select(row =>
            (ulong)Enumerable.Range(0, (int)Sip(SipDevices.DeviceCount).Value).FirstOrDefault(i => Sip(SipDevices.DeviceInfo, (ulong)i).Value == (ulong)row, 0))];
    }

    /// <summary>The small board with little room, and devices that reach more than one use case.</summary>
    internal static BoardFile Board { get; } = InProcessTee.SmallBoard with
    {
        NormalRam = new MemoryRegion { Base = 0x4000_0000, Size = (15 << 20) + NormalSize },
        Pools =
        [
            new PoolRegion { UseCase = UseCase.SecureVideoPlay, Base = 0x0f00_0000, Size = 96 << 10 },
            new PoolRegion { UseCase = UseCase.TrustedUi, Base = 0x0f40_0000, Size = 48 << 10 },
        ],
        BusMasters = [.. InProcessTee.SmallBoard.BusMasters.Select(WithRights)],
    };

    internal InProcessTee Tee { get; }

    internal ProtectedMemoryClient Client { get; }

    internal static ulong NormalBase => Board.NormalRam.Base + NormalOffset;

    internal Span<byte> Normal => Tee.Bank.GetSpan(NormalOffset, NormalSize);

    internal FirewallRules Firewall => Tee.Os.Firewall;

    internal (ulong Code, ulong Value) Sip(uint function, ulong x1 = 0, ulong x2 = 0, ulong x3 = 0)
    {
        SmcFrame frame = default;
        (frame[0], frame[1], frame[2], frame[3]) = (function, x1, x2, x3);
        frame = Tee.Smc(frame);
        return (frame[0], frame[1]);
    }

    internal (ulong Code, ulong Value) ReadRegister(int row, ulong register) => Sip(SipDevices.RegisterRead, _devices[row], register);

    /// <summary>A chain of descriptors, one behind the other in normal RAM; rings, and waits for the end.</summary>
    internal DeviceResult Run<T>(int row, params ReadOnlySpan<T> chain)
        where T : unmanaged
    {
        const int Stride = 512;
        ulong address = Board.NormalRam.Base + DescriptorOffset;
        for (int i = 0; i < chain.Length; i++)
        {
            Span<byte> at = Tee.Bank.GetSpan(DescriptorOffset + (ulong)(i * Stride), Stride);
            MemoryMarshal.Write(at, chain[i]);
            if (i + 1 < chain.Length)
                MemoryMarshal.Write(at[8..], address + (ulong)((i + 1) * Stride));
        }

        ulong ended = ReadRegister(row, DeviceRegisters.Ended).Value + 1;
        Assert.Equal(SipDevices.Success, Sip(SipDevices.RegisterWrite, _devices[row], DeviceRegisters.Doorbell, address).Code);
        Assert.True(SpinWait.SpinUntil(() => ReadRegister(row, DeviceRegisters.Ended).Value == ended, Deadline), "A job does not end.");
        return (DeviceResult)ReadRegister(row, DeviceRegisters.Result).Value;
    }

    internal RestrictedBuffer Find(ulong cookie)
    {
        RestrictedBuffer buffer = Tee.Os.Restricted.Find(cookie)!;
        buffer.Release();
        return buffer;
    }

    /// <summary>All bytes of a pool.</summary>
    internal unsafe ReadOnlySpan<byte> Memory(uint useCase)
    {
        RestrictedRegion region = Tee.Os.Restricted.PoolOf(new UseCase(useCase))!.Regions[0];
        return new ReadOnlySpan<byte>((void*)region.AddressOf(0), (int)region.Range.Length);
    }

    public void Dispose() => Tee.Dispose();

    private static BusMasterRow WithRights(BusMasterRow row) => row.Name switch
    {
        BusMasterNames.Camera => row with { Rights = Rights(BusRights.Write, BusRights.None) },
        BusMasterNames.CryptoEngine => row with { Rights = Rights(BusRights.ReadWrite, BusRights.ReadWrite) },
        BusMasterNames.DisplayController => row with { Rights = Rights(BusRights.Read, BusRights.Read) },
        _ => row,
    };

    private static Dictionary<UseCase, BusRights> Rights(BusRights video, BusRights ui) => new() { [UseCase.SecureVideoPlay] = video, [UseCase.TrustedUi] = ui };
}
