using System.Buffers.Binary;
using RestrictedTee.NormalWorld.DmaBuf;
using RestrictedTee.NormalWorld.DmaBuf.Devices;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Abi;

namespace RestrictedTee.NormalWorld.Peripherals;

/// <summary>What the crypto engine is to do.</summary>
/// <param name="Operation">Which transformation.</param>
/// <param name="Source">From where.</param>
/// <param name="Destination">Where to; the source itself, or apart from it.</param>
/// <param name="Length">Bytes; whole blocks of 16 for CBC.</param>
public sealed record CryptoJob(CryptoOperation Operation, DmaRegion Source, DmaRegion Destination, ulong Length)
{
    /// <summary>Where the key lies, which may be restricted; null for a copy.</summary>
    public DmaRegion? Key { get; init; }

    /// <summary>Bytes of the key: 16, 24 or 32.</summary>
    public int KeyLength { get; init; }

    /// <summary>The initial counter or the initialisation vector: 16 bytes; none for a copy.</summary>
    public ReadOnlyMemory<byte> Iv { get; init; }

    /// <summary>Who may consume a restricted result.</summary>
    public IReadOnlyList<DmaDevice> Consumers { get; init; } = [];
}

/// <summary>The driver of the crypto engine: transforms between buffers, with a key that no software need ever see.</summary>
public sealed class CryptoEngine : Peripheral
{
    private const int IvLength = 16;

    internal CryptoEngine(PeripheralParts parts)
        : base(parts, CryptoDescriptor.Size)
    {
    }

    /// <summary>Gives it a job.</summary>
    /// <exception cref="TeeDriverException">
    /// EINVAL: no vector of 16 bytes where one is needed; more than a buffer has. Of the buffers: EACCES, EOPNOTSUPP, ENODEV. EBUSY: it has as many jobs as it takes.
    /// </exception>
    public DmaJob Submit(CryptoJob job)
    {
        bool isCopy = job.Operation == CryptoOperation.Copy;
        if (job.KeyLength < 0)
            throw new TeeDriverException(Errno.EINVAL, $"A key of {job.KeyLength} bytes.");
        if (job.Iv.Length != (isCopy ? 0 : IvLength))
            throw new TeeDriverException(Errno.EINVAL, $"A vector of {job.Iv.Length} bytes; {job.Operation} takes {(isCopy ? 0 : IvLength)}.");
        List<(DmaBufHandle, DmaDirection)> uses = [(job.Source.Buffer, DmaDirection.ToDevice), (job.Destination.Buffer, DmaDirection.FromDevice)];
        if (job.Key is { } key)
            uses.Add((key.Buffer, DmaDirection.ToDevice));
        ulong consumers = RowsOf(job.Consumers);
        return Submit(uses, mapped => new CryptoDescriptor
        {
            Head = new DescriptorHead { Operation = (uint)job.Operation },
            Key = job.Key is { } region ? mapped.AddressOf(region, (ulong)job.KeyLength) : default,
            KeyLength = (uint)job.KeyLength,
            IvFirst = isCopy ? 0 : BinaryPrimitives.ReadUInt64LittleEndian(job.Iv.Span),
            IvSecond = isCopy ? 0 : BinaryPrimitives.ReadUInt64LittleEndian(job.Iv.Span[sizeof(ulong)..]),
            Source = mapped.AddressOf(job.Source, job.Length),
            Destination = mapped.AddressOf(job.Destination, job.Length),
            Length = job.Length,
            Consumers = consumers,
        });
    }
}
