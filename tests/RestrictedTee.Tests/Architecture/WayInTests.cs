using System.Text.RegularExpressions;
using RestrictedTee.SecureWorld.Devices;
using RestrictedTee.SecureWorld.Firewall;
using RestrictedTee.SecureWorld.Kernel.Calls;
using RestrictedTee.SecureWorld.Kernel.Objects;
using RestrictedTee.SecureWorld.ProtectedMemory;
using RestrictedTee.SecureWorld.Screens;
using RestrictedTee.SecureWorld.SecretMemory;
using RestrictedTee.SecureWorld.SecureMonitor;
using RestrictedTee.Tests.Harness;

namespace RestrictedTee.Tests.Architecture;

/// <summary>Invariant 1 by its form: there is one place in which an address of restricted memory is made, and one in which a device gets bytes.</summary>
public sealed class WayInTests
{
    [Theory]
    // Who makes a grant: the memory itself, under its gate.
    [InlineData(@"new AccessGrant\(", "Firewall/GuardedMemory.cs")]
    // Who asks memory for one: the rules, after all that they check.
    [InlineData(@"(?<!firewall)(?<!_bench)\bmemory\.TryGrant\(", "Firewall/FirewallRules.cs")]
    // Who knows where a buffer lies in this process: the buffer.
    [InlineData(@"\.AddressOf\(", "ProtectedMemory/RestrictedPool.cs")]
    [InlineData(@"\bBaseAddress\b", "Firewall/GuardedMemory.cs", "ProtectedMemory/RestrictedPool.cs")]
    // Who turns a grant into bytes: a call's parameters for a TA, the window of a port for a device.
    [InlineData(@"[gG]rant\.Address\b", "Kernel/Calls/CallParameters.cs", "Devices/BusWindow.cs")]
    // Who asks the firewall for a grant: a call's parameters, and a port.
    [InlineData(@"[fF]irewall\.TryGrant\(", "Kernel/Calls/CallParameters.cs", "Devices/BusPort.cs")]
    // Who has mappings of secure memory.
    [InlineData(
        @"\bSecretMapping\b", "SecretMemory/SecretMapping.cs", "ProtectedMemory/RestrictedRegion.cs", "ProtectedMemory/RestrictedPool.cs",
        "ProtectedMemory/RestrictedMemory.cs", "ProtectedMemory/SecureRam.cs", "MemorySharing/TransactionContent.cs", "MemorySharing/MemoryRelayer.cs",
        "MemorySharing/MemoryTransaction.cs", "MemorySharing/PageTable.cs", "Spmc/Partitions/SecurePartitions.cs", "Screens/ScreenFrame.cs", "Kernel/Objects/InputCopy.cs")]
    public void There_is_no_other_way_in(string pattern, params string[] places)
    {
        IEnumerable<string> found = Sources().Where(file => Regex.IsMatch(Code(file), pattern, RegexOptions.None, TimeSpan.FromSeconds(10)));

        Assert.Empty(found.Except(places));
    }

    [Theory]
    [InlineData(typeof(AccessGrant), ".ctor", typeof(GuardedMemory))]
    [InlineData(typeof(AccessGrant), "get_Address", typeof(CallParameters), typeof(BusWindow))]
    [InlineData(typeof(GuardedMemory), "TryGrant", typeof(FirewallRules))]
    [InlineData(typeof(GuardedMemory), "get_BaseAddress", typeof(GuardedMemory))]
    [InlineData(typeof(RestrictedRegion), "AddressOf", typeof(RestrictedBuffer))]
    [InlineData(typeof(FirewallRules), "TryGrant", typeof(CallParameters), typeof(BusPort))]
    [InlineData(typeof(DeviceMappings), "Add", typeof(DeviceAccess))]
    [InlineData(typeof(BusWindow), ".ctor", typeof(BusPort))]
    [InlineData(typeof(BusWindow), "get_Bytes", typeof(BusPort), typeof(CryptoEngine), typeof(DisplayController), typeof(Camera), typeof(SipCalls))]
    [InlineData(typeof(SecretMapping), "get_Address", typeof(RestrictedRegion), typeof(ScreenFrame))]
    [InlineData(typeof(SecretMapping), "get_Span", typeof(LentMemory), typeof(RestrictedRegion), typeof(SecretMapping), typeof(SecureRam), typeof(ScreenFrame), typeof(InputCopy))]
    public void There_is_no_other_way_in_by_the_code_as_it_was_compiled(Type owner, string method, params Type[] callers)
    {
        IReadOnlySet<string> found = CallSites.Of(typeof(GuardedMemory).Assembly, called => called.Name == method && owner.IsAssignableFrom(called.DeclaringType));

        Assert.Equal(string.Join(' ', callers.Select(caller => caller.Name).Order(StringComparer.Ordinal)), string.Join(' ', found.Order(StringComparer.Ordinal)));
    }

    [Fact]
    public void A_device_reaches_memory_by_its_port_and_by_nothing_else()
    {
        string[] border = ["Devices/BusPort.cs", "Devices/BusWindow.cs", "Devices/DeviceModels.cs"];
        const string Ways = @"\b(FirewallRules|MemoryRelayer|MemoryLease|AccessGrant|RestrictedMemory|RestrictedRegion|RestrictedBuffer|NormalRamMap|RamBank|PinnedView|CopyIn|SharedMemory)\b";

        IEnumerable<string> found = Sources()
            .Where(file => file.StartsWith("Devices/", StringComparison.Ordinal) && Regex.IsMatch(Code(file), Ways, RegexOptions.None, TimeSpan.FromSeconds(10)));

        Assert.Empty(found.Except(border));
    }

    private static string Folder => Path.Combine(Repository.Root, "src", "SecureWorld");

    private static IEnumerable<string> Sources() => Directory.EnumerateFiles(Folder, "*.cs", SearchOption.AllDirectories)
        .Where(file => !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal))
        .Select(file => Path.GetRelativePath(Folder, file));

    /// <summary>The source without its comments.</summary>
    private static string Code(string file) =>
        Regex.Replace(File.ReadAllText(Path.Combine(Folder, file)), "//.*$", "", RegexOptions.Multiline, TimeSpan.FromSeconds(10));
}
