using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using RestrictedTee.NormalWorld.DmaBuf;
using RestrictedTee.NormalWorld.Driver;
using RestrictedTee.NormalWorld.Heaps;
using RestrictedTee.SecureWorld.Devices;
using RestrictedTee.SecureWorld.Firewall;
using RestrictedTee.SmcTransport.Abi;
using RestrictedTee.SmcTransport.Board;
using RestrictedTee.Tests.Devices;
using RestrictedTee.Tests.Firewall;
using RestrictedTee.Tests.Harness;

namespace RestrictedTee.Tests.Extending;

/// <summary>docs/extending.md: what it shows compiles and works, and what it names is there.</summary>
public sealed partial class ExtendingPageTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "extending.md"));

    [Fact]
    public void Every_example_of_the_page_is_the_code_that_is_tested_here()
    {
        string folder = Path.GetDirectoryName(ThisFile())!;
        string sources = string.Concat(Directory.GetFiles(folder, "*.cs").Select(File.ReadAllText));

        Assert.Equal(5, Examples().Count(code => sources.Contains(code.Groups["code"].Value, StringComparison.Ordinal)));
    }

    [Fact]
    public void Every_namespace_that_an_example_takes_is_named_and_what_both_worlds_see_is_public()
    {
        string folder = Path.GetDirectoryName(ThisFile())!;
        string[] examples = ["CmaHeap.cs", "FillEngine.cs", "FillEngineDriver.cs", "DevicesOnlyModule.cs"];

        Assert.All(
            examples.SelectMany(file => File.ReadLines(Path.Combine(folder, file))).Where(line => line.StartsWith("using ", StringComparison.Ordinal)),
            line => Assert.Contains($"`{line["using ".Length..].TrimEnd(';')}`", Page, StringComparison.Ordinal));
        Assert.True(typeof(FillDescriptor).IsPublic && typeof(FillEngineDriver).IsPublic);
    }

    [Fact]
    public void Every_file_that_the_page_names_is_there() =>
        Assert.All(Files().Select(file => file.Groups["path"].Value), path => Assert.True(Path.Exists(Path.Combine(Repository.Root, path)), path));

    [Fact]
    public void The_heap_of_the_page_gives_out_buffers()
    {
        using var tee = new InProcessTee();
        HeapRow row = Assert.Single(CmaHeap.Kind.RowsOf(tee.Board));
        using DmaHeap heap = row.Create(new HeapParts(tee.Driver, new ProtectedMemoryClient(tee.Driver), RowGate.Instance));

        DmaBufObject buffer = heap.Allocate(5000, flags: 0, client: 1);

        Assert.Equal((1, 8192UL), (heap.Describe().Buffers, heap.Describe().Used));
        buffer.Release();
        Assert.Equal(0, heap.Describe().Buffers);
    }

    [Fact]
    public void The_device_of_the_page_fills_what_it_has_mapped_and_nothing_else()
    {
        using var bench = new DeviceBench(BusMasterNames.DisplayController);
        BusMaster decoder = FirewallBench.Decoder;
        using var ended = new ManualResetEventSlim();
        using var engine = new FillEngine(new DeviceParts(
            new BusPort(decoder, bench.Tee.Os.Firewall, bench.Tee.Os.Relayer, bench.Tee.Os.Restricted), bench.Tee.Os.Restricted.SecureRam, ended.Set));
        var buffer = bench.Allocate(128 << 10);
        Assert.Equal(DeviceAccessOutcome.Done, bench.Access.Map(decoder.Id, buffer, AccessRights.Write, out ulong handle));
        var job = new FillDescriptor { Head = new DescriptorHead { Operation = 1 }, Destination = BusAddress.Mapped(handle), Length = 100_000, Value = 7 };

        Assert.Equal(DeviceResult.Done, Run(job));
        byte[] content = DeviceBench.ContentOf(buffer, 128 << 10);
        Assert.Equal(DeviceResult.BusError, Run(job with { Length = 200_000 }));

        Assert.Equal((-1, -1), (content.AsSpan(0, 100_000).IndexOfAnyExcept((byte)7), content.AsSpan(100_000).IndexOfAnyExcept((byte)0)));
        Assert.Equal(FillDescriptor.Size, Unsafe.SizeOf<FillDescriptor>());

        DeviceResult Run(FillDescriptor descriptor)
        {
            ended.Reset();
            MemoryMarshal.Write(bench.Scratch, descriptor);
            Assert.Equal(RegisterOutcome.Done, engine.Write(DeviceRegisters.Doorbell, bench.ScratchAddress));
            Assert.True(ended.Wait(TimeSpan.FromSeconds(20)));
            Assert.True(engine.TryRead(DeviceRegisters.Result, out ulong result));
            return (DeviceResult)result;
        }
    }

    [Fact]
    public void The_security_module_of_the_page_lets_devices_at_buffers_and_no_trusted_application()
    {
        var module = new DevicesOnlyModule();
        var request = new SecureWorld.Firewall.AccessRequest(FirewallBench.Decoder.Id, UseCase.SecureVideoPlay, 1, AccessRights.Read, IsAllowedByBoard: true);

        Assert.Equal((true, false, false), (
            module.GrantAccess(request),
            module.GrantAccess(request with { Master = FirewallBench.SecureTa.Id }),
            module.GrantAccess(request with { IsAllowedByBoard = false })));
    }

    private static string ThisFile([CallerFilePath] string path = "") => path;

    [GeneratedRegex("^```csharp\n(?<code>/// .*?)^```", RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Code();

    [GeneratedRegex(@"`(?<path>(src|tests|docs|schemas)/[\w/.\-]+)`", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex NamedPath();

    private static IEnumerable<Match> Examples() => Code().Matches(Page);

    private static IEnumerable<Match> Files() => NamedPath().Matches(Page);
}
