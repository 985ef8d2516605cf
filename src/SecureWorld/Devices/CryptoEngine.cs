using System.Buffers.Binary;
using System.Runtime.InteropServices;
using RestrictedTee.SecureWorld.Crypto;
using RestrictedTee.SecureWorld.Crypto.Ciphers;
using RestrictedTee.SecureWorld.Firewall;
using RestrictedTee.SecureWorld.ProtectedMemory;
using RestrictedTee.SmcTransport.Abi;
using OperationMode = RestrictedTee.Sdk.OperationMode;

namespace RestrictedTee.SecureWorld.Devices;

/// <summary>
/// Transforms between buffers with a key that may be restricted, so that no software ever sees it. It has no registers of its own; what it
/// does stands in <see cref="CryptoDescriptor"/>s.
/// </summary>
/// <remarks>
/// What it tells: how a job ended. It is programmed by the normal world, so that what it produces of restricted content or with a
/// restricted key goes into restricted memory only, labelled for named consumers, each of which could consume the source.
/// A key goes from where it lies straight into the library that the kernel's own ciphers are of: it is nowhere on the managed heap.
/// </remarks>
internal sealed class CryptoEngine(DeviceParts parts) : DeviceModel(parts)
{
    /// <summary>A burst of each: within what the second-level cache holds.</summary>
    private const int Batch = BusPort.MaxBurst;

    private const int BlockSize = 16;

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
        bool fits = job.Length is > 0 and <= int.MaxValue && (isCopy || operation == CryptoOperation.AesCtr || job.Length % BlockSize == 0);
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
        using CipherEngine? cipher = CipherFor(operation);
        using SecureBlock? copy = operation == CryptoOperation.AesCbcDecrypt ? Ram.Allocate((int)Math.Min(Batch, job.Length)) : null;
        if (operation != CryptoOperation.Copy && cipher is null || operation == CryptoOperation.AesCbcDecrypt && copy is null)
            return DeviceResult.DeviceError;
        if (cipher is not null && !TryBegin(cipher, job))
            return DeviceResult.BusError;
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
                    TransformBurst(cipher, from.Bytes, to.Bytes, copy is null ? default : copy.Span);
            }
        }

        return DeviceResult.Done;
    }

    private static CipherEngine? CipherFor(CryptoOperation operation) => operation switch
    {
        CryptoOperation.AesCtr => AesCtr.Row.CreateEngine(OperationMode.Encrypt),
        CryptoOperation.AesCbcEncrypt => AesCbc.Row.CreateEngine(OperationMode.Encrypt),
        CryptoOperation.AesCbcDecrypt => AesCbc.Row.CreateEngine(OperationMode.Decrypt),
        _ => null,
    };

    private bool TryBegin(CipherEngine cipher, in CryptoDescriptor job)
    {
        Span<byte> iv = stackalloc byte[BlockSize];
        BinaryPrimitives.WriteUInt64LittleEndian(iv, job.IvFirst);
        BinaryPrimitives.WriteUInt64LittleEndian(iv[sizeof(ulong)..], job.IvSecond);
        if (!Port.TryOpen(job.Key, (int)job.KeyLength, AccessRights.Read, out BusWindow key))
            return false;
        using (key)
            cipher.Begin(key.Bytes, iv);
        return true;
    }

    /// <summary>
    /// One burst. The source may change meanwhile when it is normal memory: it is read once, and where the cipher reads it twice, which is to
    /// decrypt a chain, that is a copy of it.
    /// </summary>
    private static void TransformBurst(CipherEngine? cipher, ReadOnlySpan<byte> from, Span<byte> to, Span<byte> copy)
    {
        if (cipher is null)
        {
            from.CopyTo(to);
        }
        else if (copy.IsEmpty)
        {
            cipher.Update(from, to);
        }
        else
        {
            from.CopyTo(copy);
            cipher.Update(copy[..from.Length], to);
        }
    }
}
