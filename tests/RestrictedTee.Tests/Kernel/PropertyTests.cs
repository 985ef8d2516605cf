using System.Text;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Kernel.SystemCalls;
using RestrictedTee.Tests.Harness;

namespace RestrictedTee.Tests.Kernel;

/// <summary>The property sets as a TA reads them.</summary>
public sealed class PropertyTests : IDisposable
{
    private static readonly Guid Described = new("0b5d5c8e-1f0a-4b57-9c44-52f6d8a1e0c4");

    private readonly InProcessTee _tee = new();

    public void Dispose() => _tee.Dispose();

    [Theory]
    [InlineData("0b5d5c8e-1f0a-4b57-9c44-52f6d8a1e0c1")] // a name twice
    [InlineData("0b5d5c8e-1f0a-4b57-9c44-52f6d8a1e0c2")] // a name of GlobalPlatform's
    [InlineData("0b5d5c8e-1f0a-4b57-9c44-52f6d8a1e0c3")] // a value of no property's type
    public void A_ta_whose_properties_are_not_as_they_must_be_is_of_bad_format(string uuid)
    {
        using TeeContext context = _tee.OpenContext();

        TeecResult result = context.TryOpenSession(new Guid(uuid), TeecLogin.Public, 0, null, out _, out TeecOrigin origin);

        Assert.Equal((TeecResult.BadFormat, TeecOrigin.Tee), (result, origin));
    }

    [Fact]
    public void The_sets_hold_what_globalplatform_and_optee_have_in_them()
    {
        Dictionary<string, string> ta = Read(PropertySet.CurrentTa), tee = Read(PropertySet.TeeImplementation), client = Read(PropertySet.CurrentClient);

        Assert.Equal(
            ("true", "true", "false", "12345", "262144", "2.5", "0", "false", "42", Described.ToString()),
            (ta["gpd.ta.singleInstance"], ta["gpd.ta.multiSession"], ta["gpd.ta.instanceKeepAlive"], ta["gpd.ta.dataSize"], ta["gpd.ta.stackSize"],
                ta["gpd.ta.version"], ta["gpd.ta.endian"], ta["gpd.ta.doesNotCloseHandleOnCorruptObject"], ta["com.example.answer"], ta["gpd.ta.appID"]));
        Assert.Equal(("0", "0:00000000-0000-0000-0000-000000000000"), (client["gpd.client.endian"], client["gpd.client.identity"]));
        Assert.Equal(("100", "100", "true", "4096"), (
            tee["gpd.tee.systemTime.protectionLevel"], tee["gpd.tee.TAPersistentTime.protectionLevel"], tee["gpd.tee.cryptography.ecc"], tee["gpd.tee.arith.maxBigIntSize"]));
        Assert.Equal(("16777216", "16777216", "16777216"), (tee["gpd.tee.sockets.version"], tee["gpd.tee.sockets.tcp.version"], tee["gpd.tee.sockets.udp.version"]));
        Assert.All(
            new[]
            {
                "gpd.tee.apiversion", "gpd.tee.internalCore.version", "gpd.tee.description", "gpd.tee.deviceID", "gpd.tee.event.maxSources",
                "gpd.tee.trustedStorage.antiRollback.protectionLevel", "gpd.tee.trustedos.implementation.version", "gpd.tee.trustedos.implementation.binaryversion",
                "gpd.tee.trustedos.manufacturer", "gpd.tee.firmware.implementation.version", "gpd.tee.firmware.implementation.binaryversion", "gpd.tee.firmware.manufacturer",
            },
            name => Assert.NotEqual("", tee[name]));
    }

    [Fact]
    public void Each_property_stands_once_in_the_table()
    {
        IReadOnlyList<PropertyRow> rows = PropertyTable.Rows(SmcTransport.Abi.MemoryProtection.Anonymous, "1.2.3");

        Assert.Equal(rows.Count, rows.Select(row => (row.Set, row.Name)).Distinct().Count());
    }

    [Theory]
    [InlineData(PropertySet.CurrentTa, "gpd.ta.singleInstance", 0b10001u, 0u)] // a bool, and as a string
    [InlineData(PropertySet.CurrentTa, "gpd.ta.dataSize", 0b10010u, 0u)]
    [InlineData(PropertySet.CurrentTa, "gpd.ta.appID", 0b10100u, 0u)]
    [InlineData(PropertySet.CurrentClient, "gpd.client.identity", 0b11000u, 0u)]
    [InlineData(PropertySet.CurrentTa, "gpd.ta.version", 0b10000u, 0u)]
    [InlineData(PropertySet.CurrentTa, "no.such", 0u, 0b11111u)]
    public void A_property_is_had_as_its_type_and_as_a_string_and_else_is_of_bad_format(PropertySet set, string name, uint types, uint missing)
    {
        using TeeContext context = _tee.OpenContext();
        using TeeSession session = context.OpenSession(Described);
        var operation = new Operation(Parameter.ValueInput((uint)set), Parameter.TempInput(Encoding.UTF8.GetBytes(name)), Parameter.ValueOutput());

        session.Invoke(1, operation);

        Assert.Equal((types, missing), (operation[2].A, operation[2].B));
    }

    private Dictionary<string, string> Read(PropertySet set)
    {
        using TeeContext context = _tee.OpenContext();
        using TeeSession session = context.OpenSession(Described);
        byte[] text = new byte[8192];
        var operation = new Operation(Parameter.ValueInput((uint)set), Parameter.TempOutput(text));
        session.Invoke(0, operation);
        return Encoding.UTF8.GetString(text, 0, operation[1].Size).Split('\n').ToDictionary(line => line.Split('=', 2)[0], line => line.Split('=', 2)[1]);
    }
}
