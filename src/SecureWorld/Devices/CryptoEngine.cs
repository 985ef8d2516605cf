using System.Runtime.InteropServices;
using RestrictedTee.SecureWorld.Crypto;
using RestrictedTee.SecureWorld.Crypto.Ciphers;
using RestrictedTee.SecureWorld.Firewall;
using RestrictedTee.SmcTransport.Abi;
using OperationMode = RestrictedTee.Sdk.OperationMode;

namespace RestrictedTee.SecureWorld.Devices;

/// <summary>
/// Transforms between buffers with a key that may be restricted, so that no software ever sees it. It has no registers of its own; what it
/// does stands in <see cref="CryptoDescriptor"/>s.
/// </summary>
/// <remarks>
/// What it tells: how a job ended. It is programmed by the normal world, so that what it produces of restricted content or with a
/// restricted key goes into restricted memory only, labelled for named consumers, each of which could consume the source. A key is what
/// nobody but the engine may consume. The key goes from its buffer straight into the library's own memory, which the library cleanses.
/// </remarks>
internal sealed class CryptoEngine(DeviceParts parts) : DeviceModel(parts)
{
    private const int BlockSize = 16; // of AES

    protected override int DescriptorSize => CryptoDescriptor.Size;

    protected override DeviceResult Run(ReadOnlySpan<byte> descriptor)
    {
        var job = MemoryMarshal.Read<CryptoDescriptor>(descriptor);
        if (!IsWellFormed(job))
            return DeviceResult.BadDescriptor;
        GuardedMemory? key = null, source = null, destination = null;
        try
        {
            if ((!IsCopy(job) && !Port.TryFind(job.Key, AccessRights.Read, out key))
                || !Port.TryFind(job.Source, AccessRights.Read, out source)
                || !Port.TryFind(job.Destination, AccessRights.Write, out destination))
                return DeviceResult.BusError;
            if (source == destination && Overlaps(job))
                return DeviceResult.BadDescriptor;
            var judged = new Judged(key, source, destination) { KeyLabel = key?.Label, SourceLabel = source?.Label };
            DeviceResult result = Label(job, judged);
            return result == DeviceResult.Done ? Transform(job, judged) : result;
        }
        finally
        {
            key?.Release();
            source?.Release();
            destination?.Release();
        }
    }

    private static bool IsCopy(in CryptoDescriptor job) => job.Head.Operation == (uint)CryptoOperation.Copy;

    private static bool IsWellFormed(in CryptoDescriptor job)
    {
        bool fits = job.Length is > 0 and <= int.MaxValue && job.Reserved == 0;
        return (CryptoOperation)job.Head.Operation switch
        {
            CryptoOperation.Copy => fits && job.KeyLength == 0,
            CryptoOperation.AesCtr => fits && job.KeyLength is 16 or 24 or 32,
            CryptoOperation.AesCbcEncrypt or CryptoOperation.AesCbcDecrypt => fits && job.Length % BlockSize == 0 && job.KeyLength is 16 or 24 or 32,
            _ => false,
        };
    }

    /// <summary>Whether source and destination, in one memory, are neither the same bytes nor apart.</summary>
    private static bool Overlaps(in CryptoDescriptor job)
    {
        ulong distance = Math.Max(job.Source.Offset, job.Destination.Offset) - Math.Min(job.Source.Offset, job.Destination.Offset);
        return distance != 0 && distance < job.Length;
    }

    /// <summary>Decides where the result may go, and labels it before the first byte is there.</summary>
    private DeviceResult Label(in CryptoDescriptor job, in Judged judged)
    {
        if (judged.KeyLabel?.IsKeyOf(Port.Id) == false)
            return Forbid(judged.Key, "content that is for others too is no key");
        if (judged.Destination is null)
            return judged.Key is null && judged.Source is null ? DeviceResult.Done : Forbid(judged.Key ?? judged.Source, "what comes of restricted memory goes into restricted memory alone");
        if (Port.Masters(job.Consumers) is not { } consumers)
            return DeviceResult.BadDescriptor;
        if (judged.Source is not null && !Port.CouldConsume(consumers, judged.Source, judged.SourceLabel))
            return Forbid(judged.Source, "a consumer that is named may not read the source");
        return Label(judged.Destination, consumers, isContent: judged.SourceLabel?.IsKeyOf(Port.Id) == false);
    }

    private DeviceResult Transform(in CryptoDescriptor job, Judged judged)
    {
        // A buffer that is written in place has got its new label just now.
        if (judged.Source is not null && judged.Source == judged.Destination)
            judged.SourceLabel = judged.Source.Label;
        if (judged.Key is not null && judged.Key == judged.Destination)
            judged.KeyLabel = judged.Key.Label;
        using CipherEngine? cipher = CipherOf(job);
        if (cipher is not null)
        {
            DeviceResult begun = Begin(cipher, job, judged);
            if (begun != DeviceResult.Done)
                return begun;
        }
        else if (!IsCopy(job))
        {
            return DeviceResult.DeviceError;
        }

        for (ulong done = 0; done < job.Length; done += BusPort.MaxBurst)
        {
            DeviceResult burst = TransformBurst(cipher, job, judged, done);
            if (burst != DeviceResult.Done)
                return burst;
        }

        return DeviceResult.Done;
    }

    private DeviceResult Begin(CipherEngine cipher, in CryptoDescriptor job, in Judged judged)
    {
        if (!Port.TryOpen(job.Key, (int)job.KeyLength, AccessRights.Read, judged.Key, out BusWindow key))
            return DeviceResult.BusError;
        using (key)
        {
            if (!ReferenceEquals(judged.Key?.Label, judged.KeyLabel))
                return Forbid(judged.Key, "its label has changed under the job");
            ReadOnlySpan<ulong> iv = [job.IvFirst, job.IvSecond];
            cipher.Begin(key.Bytes, MemoryMarshal.AsBytes(iv));
        }

        return DeviceResult.Done;
    }

    /// <summary>One burst. The source may change meanwhile when it is normal memory, so it is read once; the cipher chains on to the next.</summary>
    private DeviceResult TransformBurst(CipherEngine? cipher, in CryptoDescriptor job, in Judged judged, ulong done)
    {
        int count = (int)Math.Min(BusPort.MaxBurst, job.Length - done);
        if (!Port.TryOpen(job.Source.Plus(done), count, AccessRights.Read, judged.Source, out BusWindow from))
            return DeviceResult.BusError;
        using (from)
        {
            // While the burst is open the label stays; one that changed since the destination got its own is a chain that was broken.
            if (!ReferenceEquals(judged.Source?.Label, judged.SourceLabel))
                return Forbid(judged.Source, "its label has changed under the job");
            if (!Port.TryOpen(job.Destination.Plus(done), count, AccessRights.Write, judged.Destination, out BusWindow to))
                return DeviceResult.BusError;
            using (to)
            {
                if (cipher is null)
                    from.Bytes.CopyTo(to.Bytes);
                else
                    cipher.Update(from.Bytes, to.Bytes);
            }
        }

        return DeviceResult.Done;
    }

    private static CipherEngine? CipherOf(in CryptoDescriptor job) => (CryptoOperation)job.Head.Operation switch
    {
        CryptoOperation.AesCtr => AesCtr.Row.CreateEngine(OperationMode.Encrypt),
        CryptoOperation.AesCbcEncrypt => AesCbc.Row.CreateEngine(OperationMode.Encrypt),
        CryptoOperation.AesCbcDecrypt => AesCbc.Row.CreateEngine(OperationMode.Decrypt),
        _ => null,
    };

    /// <summary>What a job was judged by: the memory behind its addresses, null where that is normal, and its labels.</summary>
    private record struct Judged(GuardedMemory? Key, GuardedMemory? Source, GuardedMemory? Destination)
    {
        internal Claim? KeyLabel { get; set; }

        internal Claim? SourceLabel { get; set; }
    }
}
