using System.Globalization;

namespace RestrictedTee.SmcTransport.Abi.Ffa;

/// <summary>A 16-bit endpoint id (DEN0077A 1.2, section 6.1). Bit 15 is set for partitions of the secure world.</summary>
public readonly record struct PartitionId(ushort Value)
{
    /// <summary>The normal world: an OS kernel without a hypervisor has id 0.</summary>
    public static readonly PartitionId NormalWorld = new(0);

    /// <summary>The SPMC itself.</summary>
    public static readonly PartitionId Spmc = new(0x8000);

    /// <summary>The TEE.</summary>
    public static readonly PartitionId Tee = new(0x8001);

    /// <summary>Whether the endpoint is of the secure world.</summary>
    public bool IsSecure => (Value & 0x8000) != 0;

    /// <inheritdoc/>
    public override string ToString() => "0x" + Value.ToString("x4", CultureInfo.InvariantCulture);
}

/// <summary>The name of a memory transaction, given by the SPMC (section 1.9.1 of DEN0140: bit 63 clear, as the SPMC allocates it).</summary>
public readonly record struct MemoryHandle(ulong Value)
{
    /// <summary>Puts together the two halves that travel in 32-bit registers.</summary>
    public static MemoryHandle FromHalves(uint low, uint high) => new(low | ((ulong)high << 32));

    /// <summary>Bits 31:0.</summary>
    public uint Low => unchecked((uint)Value);

    /// <summary>Bits 63:32.</summary>
    public uint High => (uint)(Value >> 32);

    /// <inheritdoc/>
    public override string ToString() => "0x" + Value.ToString("x", CultureInfo.InvariantCulture);
}

/// <summary>A version of FF-A as FFA_VERSION has it: bits 30:16 major, 15:0 minor, bit 31 zero.</summary>
public readonly record struct FfaVersion(uint Value) : IComparable<FfaVersion>
{
    /// <summary>1.0.</summary>
    public static readonly FfaVersion V1_0 = new(0x1_0000);

    /// <summary>1.1.</summary>
    public static readonly FfaVersion V1_1 = new(0x1_0001);

    /// <summary>1.2, what is implemented.</summary>
    public static readonly FfaVersion V1_2 = new(0x1_0002);

    /// <summary>The major version.</summary>
    public uint Major => (Value >> 16) & 0x7FFF;

    /// <summary>The minor version.</summary>
    public uint Minor => Value & 0xFFFF;

    /// <inheritdoc/>
    public int CompareTo(FfaVersion other) => Value.CompareTo(other.Value);

    /// <summary>Earlier than.</summary>
    public static bool operator <(FfaVersion left, FfaVersion right) => left.Value < right.Value;

    /// <summary>Later than.</summary>
    public static bool operator >(FfaVersion left, FfaVersion right) => left.Value > right.Value;

    /// <summary>Not later than.</summary>
    public static bool operator <=(FfaVersion left, FfaVersion right) => left.Value <= right.Value;

    /// <summary>Not earlier than.</summary>
    public static bool operator >=(FfaVersion left, FfaVersion right) => left.Value >= right.Value;

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Major}.{Minor}");
}
