using System.Runtime.InteropServices;
using RestrictedTee.SecureWorld.Devices;
using RestrictedTee.SecureWorld.Firewall;
using RestrictedTee.SmcTransport.Abi;

namespace RestrictedTee.Tests.Extending;

/// <summary>What the fill engine is to do.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct FillDescriptor
{
    /// <summary>Bytes.</summary>
    public const int Size = 48;

    /// <summary>Operation, status, next.</summary>
    public DescriptorHead Head;

    /// <summary>Where to.</summary>
    public BusAddress Destination;

    /// <summary>How many bytes.</summary>
    public ulong Length;

    /// <summary>The byte.</summary>
    public ulong Value;
}

/// <summary>Fills memory with one byte.</summary>
/// <remarks>What it tells: how a job ended.</remarks>
internal sealed class FillEngine(DeviceParts parts) : DeviceModel(parts)
{
    protected override int DescriptorSize => FillDescriptor.Size;

    protected override DeviceResult Run(ReadOnlySpan<byte> descriptor)
    {
        var job = MemoryMarshal.Read<FillDescriptor>(descriptor);
        if (job.Head.Operation != 1 || job.Value > byte.MaxValue)
            return DeviceResult.BadDescriptor;
        for (ulong done = 0; done < job.Length; done += BusPort.MaxBurst)
        {
            int length = (int)Math.Min(BusPort.MaxBurst, job.Length - done);
            if (!Port.TryOpen(job.Destination.Plus(done), length, AccessRights.Write, out BusWindow window))
                return DeviceResult.BusError;
            using (window)
                window.Bytes.Fill((byte)job.Value);
        }

        return DeviceResult.Done;
    }
}
