using System.Runtime.InteropServices;
using BenchmarkDotNet.Attributes;
using RestrictedTee.SecureWorld.Boot;
using RestrictedTee.SecureWorld.Firewall;
using RestrictedTee.SecureWorld.Kernel.Threads;
using RestrictedTee.SecureWorld.ProtectedMemory;
using RestrictedTee.SecureWorld.SecretMemory;
using RestrictedTee.SmcTransport.Abi;
using RestrictedTee.SmcTransport.Board;
using RestrictedTee.SmcTransport.Conduits;
using RestrictedTee.SmcTransport.Frames;
using RestrictedTee.SmcTransport.NormalRam;

namespace RestrictedTee.Benchmarks;

/// <summary>
/// What devices do for a frame of 1920×1080, on the one thread that each has: the display composes restricted NV12 below a normal
/// plane with alpha, the crypto engine copies and decrypts into restricted memory. Beside them what a plain copy costs.
/// </summary>
[MemoryDiagnoser]
[ShortRunJob]
public class DeviceBenchmarks
{
    private const uint Width = 1920;
    private const uint Height = 1080;
    private const int VideoBytes = (int)(Width * Height * 3 / 2);
    private const ulong DescriptorOffset = 0xA_0000; // of bank 0: reserved shm that no conduit uses
    private const ulong NormalOffset = 0x40_0000;

    private readonly TeeThread _thread = new(InMemoryConduit.CreatePair().Item2, number: 0, isFastOnly: false);
    private readonly byte[] _copied = new byte[VideoBytes];
    private BoardFile _board = null!;
    private TrustedOs _os = null!;
    private RamBank _bank = null!;
    private BusAddress _shown;
    private BusAddress _written;
    private ulong _key;

    /// <summary>Sets a TEE up, with a frame in restricted memory and as much in normal memory.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _board = BoardFile.Load("media");
        _bank = RamBank.Create(_board.NormalRam.Range, "benchmark ram");
        var ram = new NormalRamMap();
        ram.TryPlug(_bank);
        _os = new TrustedOs(new TrustedOsOptions { Board = _board, SecretMemory = SecretMemoryChoice.Off }, ram);
        new Random(1).NextBytes(_bank.GetSpan(NormalOffset, (int)(Width * Height * sizeof(uint))));
        RestrictedBuffer buffer = _os.Restricted.Allocate(_os.Restricted.PoolOf(UseCase.SecureVideoPlay)!, VideoBytes + 4096)!;
        _written = Map(BusMasterNames.CryptoEngine, buffer, AccessRights.ReadWrite);
        CopyByEngine();
        _shown = Map(BusMasterNames.DisplayController, buffer, AccessRights.Read);
        _key = _board.NormalRam.Base + DescriptorOffset + 0x1000;
    }

    /// <summary>Ends it.</summary>
    [GlobalCleanup]
    public void Cleanup()
    {
        _os.Dispose();
        _bank.Dispose();
    }

    /// <summary>NV12 below ARGB8888 with alpha of its own, both as large as the screen.</summary>
    [Benchmark]
    public void Display1080p()
    {
        var frame = new DisplayDescriptor { Head = new DescriptorHead { Operation = 1 }, Width = Width, Height = Height };
        frame.Planes[0] = new PlaneDescriptor { Alpha = 255, Image = Image(PixelFormat.Nv12, Width, _shown) with { ChromaStride = Width, Chroma = _shown.Plus(Width * Height) } };
        frame.Planes[1] = new PlaneDescriptor { Alpha = 255, Image = Image(PixelFormat.Argb8888, Width * sizeof(uint), Normal) };
        Run(BusMasterNames.DisplayController, frame);
    }

    /// <summary>A frame of NV12 from normal memory into restricted memory.</summary>
    [Benchmark]
    public void CopyByEngine() => Transform(CryptoOperation.Copy);

    /// <summary>The same, decrypted.</summary>
    [Benchmark]
    public void AesCtrByEngine() => Transform(CryptoOperation.AesCtr);

    /// <summary>The same bytes to the managed heap, by the processor.</summary>
    [Benchmark(Baseline = true)]
    public void Memcpy() => _bank.GetSpan(NormalOffset, VideoBytes).CopyTo(_copied);

    private BusAddress Normal => BusAddress.Physical(_board.NormalRam.Base + NormalOffset);

    private static ImageDescriptor Image(PixelFormat format, uint stride, BusAddress lines) =>
        new() { Format = (uint)format, Width = Width, Height = Height, Stride = stride, Lines = lines };

    private void Transform(CryptoOperation operation)
    {
        bool hasKey = operation != CryptoOperation.Copy;
        Run(BusMasterNames.CryptoEngine, new CryptoDescriptor
        {
            Head = new DescriptorHead { Operation = (uint)operation },
            Key = hasKey ? BusAddress.Physical(_key) : default,
            KeyLength = hasKey ? 16u : 0,
            Source = Normal,
            Destination = _written,
            Length = VideoBytes,
            Consumers = 1UL << _os.Firewall.Static.Masters.ToList().IndexOf(MasterId.Device(BusMasterNames.DisplayController)),
        });
    }

    private BusAddress Map(string device, RestrictedBuffer buffer, AccessRights rights) =>
        new DeviceAccess(_os.Firewall).Map(MasterId.Device(device), buffer, rights, out ulong handle) == DeviceAccessOutcome.Done
            ? BusAddress.Mapped(handle)
            : throw new InvalidOperationException($"The {device} does not get its mapping.");

    private void Run<T>(string device, T descriptor)
        where T : unmanaged
    {
        MemoryMarshal.Write(_bank.GetSpan(DescriptorOffset, 0x1000), descriptor);
        ulong index = (ulong)_os.Devices.Devices.ToList().FindIndex(model => model.Id.Name == device);
        ulong ended = Sip(SipDevices.RegisterRead, index, DeviceRegisters.Ended);
        Sip(SipDevices.RegisterWrite, index, DeviceRegisters.Doorbell, _board.NormalRam.Base + DescriptorOffset);
        SpinWait.SpinUntil(() => Sip(SipDevices.RegisterRead, index, DeviceRegisters.Ended) != ended);
        if (Sip(SipDevices.RegisterRead, index, DeviceRegisters.Result) is var result and not (ulong)DeviceResult.Done)
            throw new InvalidOperationException($"The {device}'s job ends with {(DeviceResult)result}.");
    }

    private ulong Sip(uint function, ulong x1, ulong x2, ulong x3 = 0)
    {
        SmcFrame frame = default;
        (frame[0], frame[1], frame[2], frame[3]) = (function, x1, x2, x3);
        _os.Entry.Handle(ref frame, _thread);
        return frame[1];
    }
}
