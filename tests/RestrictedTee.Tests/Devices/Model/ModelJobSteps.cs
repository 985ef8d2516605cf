using RestrictedTee.SecureWorld.Devices;
using RestrictedTee.SmcTransport.Abi;
using RestrictedTee.SmcTransport.Board;

namespace RestrictedTee.Tests.Devices.Model;

/// <summary>Jobs of devices, by descriptors of which some lie.</summary>
internal sealed class ModelJobSteps(ModelBench bench, SecureModel model, Random random)
{
    private readonly int _engine = model.RowOf(BusMasterNames.CryptoEngine), _camera = model.RowOf(BusMasterNames.Camera), _display = model.RowOf(BusMasterNames.DisplayController);
    private readonly ModelJobs _jobs = new(model, model.RowOf(BusMasterNames.CryptoEngine), ModelBench.NormalBase);
    private readonly ModelPictures _pictures = new(model, model.RowOf(BusMasterNames.Camera), model.RowOf(BusMasterNames.DisplayController), ModelBench.NormalBase);

    internal (object? Expected, object? Actual) Transform()
    {
        CryptoDescriptor[] chain = [.. Enumerable.Range(0, random.Next(3) == 0 ? 2 : 1).Select(_ => Crypto())];
        return Compare(_jobs.Run(chain), () => bench.Run<CryptoDescriptor>(_engine, chain));
    }

    internal (object? Expected, object? Actual) Capture()
    {
        (uint width, uint height) = ((uint)random.Next(1, 17) * 2, (uint)random.Next(1, 9) * 2);
        BusAddress at = Address(_camera);
        var job = new CameraDescriptor
        {
            Head = new DescriptorHead { Operation = 1 },
            Image = new ImageDescriptor
            {
                Format = (uint)PixelFormat.Nv12,
                Width = width,
                Height = height,
                Stride = width + (uint)random.Next(40),
                ChromaStride = width + (uint)random.Next(40),
                Lines = at,
                Chroma = random.Next(3) == 0 ? Address(_camera) : at.Plus(width * height),
            },
            Frame = (ulong)random.NextInt64(),
            Consumers = Consumers(),
        };
        return Compare(_pictures.Capture(job), () => bench.Run<CameraDescriptor>(_camera, job));
    }

    internal (object? Expected, object? Actual) Show()
    {
        var frame = new DisplayDescriptor { Head = new DescriptorHead { Operation = 1 }, Width = 12, Height = 10 };
        for (int i = 0; i < random.Next(3); i++)
        {
            BusAddress at = Address(_display);
            frame.Planes[i] = new PlaneDescriptor
            {
                Image = new ImageDescriptor { Format = (uint)PixelFormat.Xrgb8888, Width = 8, Height = 6, Stride = (uint)random.Next(8, 200) * 4, Lines = at with { Offset = at.Offset & ~3UL } },
                X = (uint)random.Next(5),
                Y = (uint)random.Next(5),
                Alpha = 255,
            };
        }

        (object? expected, object? actual) = Compare(_pictures.Show(frame), () => bench.Run<DisplayDescriptor>(_display, frame));
        var device = bench.Tee.Os.Devices.Devices.OfType<DisplayController>().Single();
        Assert.Equal((_pictures.Crc, _pictures.ShowsRestricted), (device.Last.Crc, device.Last.IsRestricted));
        (ulong code, ulong crc) = bench.ReadRegister(_display, DisplayRegisters.Crc);
        Assert.Equal(_pictures.ShowsRestricted ? (SipDevices.InvalidParameter, 0UL) : (SipDevices.Success, _pictures.Crc), (code, crc));
        return (expected, actual);
    }

    /// <summary>A CPU of the normal world tries a place that it has guessed.</summary>
    internal (object? Expected, object? Actual) Load()
    {
        ulong place = ModelBench.Board.Pools[random.Next(2)].Base + (ulong)random.Next(40 << 10);
        return random.Next(2) == 0
            ? (SipDevices.BusError, bench.Sip(SipDevices.CpuLoad, place, ModelBench.NormalBase, 64).Code)
            : (SipDevices.BusError, bench.Sip(SipDevices.CpuStore, place, ModelBench.NormalBase, 64).Code);
    }

    private CryptoDescriptor Crypto()
    {
        bool isCopy = random.Next(2) == 0;
        BusAddress source = Address(_engine);
        return new CryptoDescriptor
        {
            Head = new DescriptorHead { Operation = (uint)(isCopy ? CryptoOperation.Copy : CryptoOperation.AesCtr) },
            Key = isCopy ? default : Address(_engine),
            KeyLength = (isCopy ? 0u : 16) + (random.Next(50) == 0 ? 1u : 0),
            IvFirst = (ulong)random.NextInt64(),
            IvSecond = random.Next(10) == 0 ? ulong.MaxValue : (ulong)random.NextInt64(),
            Source = source,
            Destination = random.Next(8) == 0 ? source.Plus((ulong)random.Next(3) * 64) : Address(_engine),
            Length = random.Next(40) == 0 ? 0 : (ulong)random.Next(1, random.Next(5) == 0 ? 9000 : 600),
            Consumers = Consumers(),
        };
    }

    /// <summary>A place in normal RAM or in a mapping, as a rule; else beyond their ends, in a pool, or by a handle of nobody.</summary>
    private BusAddress Address(int row)
    {
        ulong offset = (ulong)random.Next(random.Next(4) == 0 ? 16 << 10 : 3000);
        ulong[] mine = [.. model.Handles.Where(handle => model.TryFind(row, BusAddress.Mapped(handle), 0, out _))];
        return random.Next(24) switch
        {
            0 => BusAddress.Physical(ModelBench.Board.Pools[0].Base + offset),
            1 => BusAddress.Physical(ulong.MaxValue - offset),
            2 => BusAddress.Mapped(model.LastHandle + 1, offset),
            3 when model.Handles.Count != 0 => BusAddress.Mapped(model.Handles[random.Next(model.Handles.Count)], offset), // ended, or another's
            4 when mine.Length != 0 => BusAddress.Mapped(mine[random.Next(mine.Length)], ulong.MaxValue - offset),
            <= 10 => BusAddress.Physical(ModelBench.NormalBase + offset),
            _ => mine.Length == 0 ? BusAddress.Physical(ModelBench.NormalBase + offset) : BusAddress.Mapped(mine[random.Next(mine.Length)], offset),
        };
    }

    private ulong Consumers() => random.Next(12) switch
    {
        0 => 1UL << 63,
        1 => 1UL << model.AnyTa,
        2 => 1UL << random.Next(model.Rows),
        3 or 4 => 0,
        5 or 6 => 1UL << _engine,
        _ => (1UL << _display) | (random.Next(2) == 0 ? 1UL << _engine : 0),
    };

    /// <summary>A job that was refused an access, or what it wanted of one, has left a fault; the others have not.</summary>
    private (object? Expected, object? Actual) Compare(DeviceResult expected, Func<DeviceResult> run)
    {
        long before = bench.Firewall.Faults.Count;
        DeviceResult actual = run();
        Assert.Equal(actual is DeviceResult.BusError or DeviceResult.Forbidden, bench.Firewall.Faults.Count > before);
        return (expected, actual);
    }
}
