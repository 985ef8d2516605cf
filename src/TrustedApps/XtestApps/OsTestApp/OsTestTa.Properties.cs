using System.Text;
using RestrictedTee.Sdk;

namespace RestrictedTee.TrustedApps.XtestApps.OsTestApp;

/// <summary>Properties: those that GlobalPlatform wants, with their types, and the TA's own.</summary>
[TaProperty("myprop.true", true)]
[TaProperty("myprop.42", 42u)]
[TaProperty("myprop.123", "00000001-0002-0003-0000-000000000000", Type = PropertyType.Uuid)]
[TaProperty("myprop.1234", "1:00000002-0003-0004-0000-000000000000", Type = PropertyType.Identity)]
[TaProperty("myprop.hello", LongText)]
[TaProperty("myprop.binaryblock", "SGVsbG8gd29ybGQh", Type = PropertyType.BinaryBlock)]
[TaProperty("myprop.binaryblock.1byte-ones", "/w==", Type = PropertyType.BinaryBlock)]
[TaProperty("myprop.binaryblock.2byte-ones", "//8=", Type = PropertyType.BinaryBlock)]
[TaProperty("myprop.binaryblock.3byte-ones", "////", Type = PropertyType.BinaryBlock)]
[TaProperty("myprop.binaryblock.4byte-ones", "/////w==", Type = PropertyType.BinaryBlock)]
[TaProperty("myprop.binaryblock.empty1", "", Type = PropertyType.BinaryBlock)]
[TaProperty("myprop.binaryblock.empty2", "====", Type = PropertyType.BinaryBlock)]
[TaProperty("myprop.binaryblock.empty3", "-%@&", Type = PropertyType.BinaryBlock)]
public sealed partial class OsTestTa
{
    private const string LongText =
        "hello property, larger than 80 characters, so that it checks that it is not truncated by anything in the source code which may be wrong";

    private static readonly (string Name, PropertyType Type)[] Wanted =
    [
        ("gpd.ta.appID", PropertyType.Uuid),
        ("gpd.ta.singleInstance", PropertyType.Boolean),
        ("gpd.ta.multiSession", PropertyType.Boolean),
        ("gpd.ta.instanceKeepAlive", PropertyType.Boolean),
        ("gpd.ta.dataSize", PropertyType.UInt32),
        ("gpd.ta.stackSize", PropertyType.UInt32),
        ("gpd.ta.version", PropertyType.String),
        ("gpd.ta.description", PropertyType.String),
        ("gpd.client.identity", PropertyType.Identity),
        ("gpd.tee.apiversion", PropertyType.String),
        ("gpd.tee.description", PropertyType.String),
        ("gpd.tee.deviceID", PropertyType.Uuid),
        ("gpd.tee.systemTime.protectionLevel", PropertyType.UInt32),
        ("gpd.tee.TAPersistentTime.protectionLevel", PropertyType.UInt32),
        ("gpd.tee.arith.maxBigIntSize", PropertyType.UInt32),
        ("gpd.tee.cryptography.ecc", PropertyType.Boolean),
        ("gpd.tee.trustedStorage.antiRollback.protectionLevel", PropertyType.UInt32),
        ("gpd.tee.trustedos.implementation.version", PropertyType.String),
        ("gpd.tee.trustedos.implementation.binaryversion", PropertyType.UInt32),
        ("gpd.tee.trustedos.manufacturer", PropertyType.String),
        ("gpd.tee.firmware.implementation.version", PropertyType.String),
        ("gpd.tee.firmware.implementation.binaryversion", PropertyType.UInt32),
        ("gpd.tee.firmware.manufacturer", PropertyType.String),
    ];

    private static bool PropertiesAreRight()
    {
        List<TeeProperty> all = [];
        foreach (PropertySet set in new[] { PropertySet.CurrentTa, PropertySet.CurrentClient, PropertySet.TeeImplementation })
        {
            foreach (TeeProperty property in TeeProperties.Of(set))
            {
                if (TeeProperties.GetString(set, property.Name) != property.AsString())
                    return false;
                all.Add(property);
            }
        }

        return all.DistinctBy(property => property.Name).Count() == all.Count
            && Array.TrueForAll(Wanted, wanted => all.Exists(property => (property.Name, property.Type) == wanted))
            && OwnPropertiesAreRight();
    }

    private static bool OwnPropertiesAreRight() =>
        TeeProperties.GetBoolean(PropertySet.CurrentTa, "myprop.true")
        && TeeProperties.GetUInt32(PropertySet.CurrentTa, "myprop.42") == 42
        && TeeProperties.GetUuid(PropertySet.CurrentTa, "myprop.123") == new Guid(1, 2, 3, new byte[8])
        && TeeProperties.GetIdentity(PropertySet.CurrentTa, "myprop.1234") == new TeeIdentity(1, new Guid(2, 3, 4, new byte[8]))
        && TeeProperties.GetString(PropertySet.CurrentTa, "myprop.hello") == LongText
        && Encoding.ASCII.GetString(Block("")) == "Hello world!"
        && HasOnes(1) && HasOnes(2) && HasOnes(3) && HasOnes(4)
        && Block(".empty1").Length == 0 && Block(".empty2").Length == 0 && Block(".empty3").Length == 0;

    private static bool HasOnes(int count) => Block($".{count}byte-ones") is { } block && block.Length == count && !block.AsSpan().ContainsAnyExcept((byte)0xFF);

    private static byte[] Block(string suffix) => TeeProperties.GetBinaryBlock(PropertySet.CurrentTa, "myprop.binaryblock" + suffix);
}
