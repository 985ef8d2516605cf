using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using RestrictedTee.SecureWorld.Firewall;
using RestrictedTee.SecureWorld.ProtectedMemory;
using RestrictedTee.SmcTransport.Abi;

namespace RestrictedTee.SecureWorld.Devices;

/// <summary>
/// Transforms between buffers with a key that may be restricted, so that no software ever sees it. It has no registers of its own; what it
/// does stands in <see cref="CryptoDescriptor"/>s.
/// </summary>
/// <remarks>
/// What it tells: how a job ended. It is programmed by the normal world, so that what it produces of restricted content or with a
/// restricted key goes into restricted memory only, labelled for named consumers, each of which could consume the source.
/// </remarks>
internal sealed class CryptoEngine(DeviceParts parts) : DeviceModel(parts)
{
    /// <summary>A burst of each: within what the second-level cache holds.</summary>
    private const int Batch = BusPort.MaxBurst;

    protected override int DescriptorSize => CryptoDescriptor.Size;

    protected override DeviceResult Run(ReadOnlySpan<byte> descriptor)
    {
        var job = MemoryMarshal.Read<CryptoDescriptor>(descriptor);
        var operation = (CryptoOperation)job.Head.Operation;
        if (!IsWellFormed(job, operation))
            return DeviceResult.BadDescriptor;
        GuardedMemory? key = Port.Find(job.Key), source = Port.Find(job.Source), destination = Port.Find(job.Destination);
        try
        {
            Claim? sourceLabel = source?.Label;
            DeviceResult result = Label(job, key, source, sourceLabel, destination);
            return result == DeviceResult.Done ? Transform(job, operation, source, source == destination ? destination?.Label : sourceLabel) : result;
        }
        finally
        {
            key?.Release();
            source?.Release();
            destination?.Release();
        }
    }

    private static bool IsWellFormed(in CryptoDescriptor job, CryptoOperation operation)
    {
        bool isCopy = operation == CryptoOperation.Copy;
        bool isKnown = isCopy || operation is CryptoOperation.AesCtr or CryptoOperation.AesCbcEncrypt or CryptoOperation.AesCbcDecrypt;
        bool fits = job.Length is > 0 and <= int.MaxValue && (isCopy || operation == CryptoOperation.AesCtr || job.Length % CounterMode.BlockSize == 0);
        bool hasKey = isCopy ? job.KeyLength == 0 : job.KeyLength is 16 or 24 or 32;
        bool isApart = job.Source.Handle != job.Destination.Handle || job.Source.Offset == job.Destination.Offset
            || job.Source.Plus(job.Length).Offset <= job.Destination.Offset || job.Destination.Plus(job.Length).Offset <= job.Source.Offset;
        return isKnown && fits && hasKey && isApart && job.Reserved == 0;
    }

    /// <summary>Decides where the result may go, and labels it before the first byte is there.</summary>
    private DeviceResult Label(in CryptoDescriptor job, GuardedMemory? key, GuardedMemory? source, Claim? sourceLabel, GuardedMemory? destination)
    {
        if (destination is null)
            return key is null && source is null ? DeviceResult.Done : DeviceResult.Forbidden;
        if (Port.Masters(job.Consumers) is not { } consumers)
            return DeviceResult.BadDescriptor;
        if (sourceLabel is not null && consumers.Any(consumer => !sourceLabel.Allows(consumer, ulong.MaxValue, AccessRights.Read)))
            return DeviceResult.Forbidden;
        return Label(destination, consumers);
    }

    private DeviceResult Transform(in CryptoDescriptor job, CryptoOperation operation, GuardedMemory? source, Claim? sourceLabel)
    {
        using Aes? aes = operation == CryptoOperation.Copy ? null : Aes.Create();
        if (aes is not null && !TrySetKey(aes, job))
            return DeviceResult.BusError;
        using SecureBlock? stream = Ram.Allocate((int)Math.Min(Batch, (job.Length + CounterMode.BlockSize - 1) / CounterMode.BlockSize * CounterMode.BlockSize));
        if (stream is null)
            return DeviceResult.DeviceError;
        Span<byte> iv = stackalloc byte[CounterMode.BlockSize];
        BinaryPrimitives.WriteUInt64LittleEndian(iv, job.IvFirst);
        BinaryPrimitives.WriteUInt64LittleEndian(iv[sizeof(ulong)..], job.IvSecond);
        try
        {
            for (ulong done = 0; done < job.Length; done += Batch)
            {
                int count = (int)Math.Min(Batch, job.Length - done);
                if (!Port.TryOpen(job.Source.Plus(done), count, AccessRights.Read, out BusWindow from))
                    return DeviceResult.BusError;
                using (from)
                {
                    // While the burst is open the label stays; one that changed since the destination got its own is a chain that was broken.
                    if (!ReferenceEquals(source?.Label, sourceLabel))
                        return DeviceResult.Forbidden;
                    if (!Port.TryOpen(job.Destination.Plus(done), count, AccessRights.Write, out BusWindow to))
                        return DeviceResult.BusError;
                    using (to)
                        TransformBurst(aes, operation, iv, from.Bytes, to.Bytes, stream.Span);
                }
            }

            return DeviceResult.Done;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(iv);
        }
    }

    private bool TrySetKey(Aes aes, in CryptoDescriptor job)
    {
        if (!Port.TryOpen(job.Key, (int)job.KeyLength, AccessRights.Read, out BusWindow key))
            return false;
        using (key)
            aes.SetKey(key.Bytes);
        return true;
    }

    /// <summary>One burst; the vector becomes that of the next one. The source may change meanwhile when it is normal memory, so it is read once.</summary>
    private static void TransformBurst(Aes? aes, CryptoOperation operation, Span<byte> iv, ReadOnlySpan<byte> from, Span<byte> to, Span<byte> stream)
    {
        switch (operation)
        {
            case CryptoOperation.Copy:
                from.CopyTo(to);
                break;
            case CryptoOperation.AesCtr:
                UInt128 counter = BinaryPrimitives.ReadUInt128BigEndian(iv);
                CounterMode.Transform(aes!, ref counter, from, to, stream);
                BinaryPrimitives.WriteUInt128BigEndian(iv, counter);
                break;
            case CryptoOperation.AesCbcEncrypt:
                aes!.EncryptCbc(from, iv, to, PaddingMode.None);
                to[^CounterMode.BlockSize..].CopyTo(iv);
                break;
            default:
                Span<byte> cipher = stream[..from.Length];
                from.CopyTo(cipher);
                aes!.DecryptCbc(cipher, iv, to, PaddingMode.None);
                cipher[^CounterMode.BlockSize..].CopyTo(iv);
                break;
        }
    }
}
