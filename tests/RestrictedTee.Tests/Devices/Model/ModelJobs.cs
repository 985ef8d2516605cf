using System.Buffers.Binary;
using System.Security.Cryptography;
using RestrictedTee.SmcTransport.Abi;

namespace RestrictedTee.Tests.Devices.Model;

/// <summary>How a job of the crypto engine ends, and what it leaves.</summary>
internal sealed class ModelJobs(SecureModel model, int engine, ulong normalBase)
{
    /// <summary>Does a chain: it is whole, or what it wrote is zero.</summary>
    internal DeviceResult Run(IReadOnlyList<CryptoDescriptor> chain)
    {
        var written = new List<(ModelBuffer Buffer, int Start, int Length)>();
        foreach (CryptoDescriptor job in chain)
        {
            DeviceResult result = Run(job, written);
            if (result == DeviceResult.Done)
                continue;
            foreach ((ModelBuffer buffer, int start, int length) in written)
                buffer.Content.AsSpan(start, length).Clear();
            return result;
        }

        return DeviceResult.Done;
    }

    private DeviceResult Run(CryptoDescriptor job, List<(ModelBuffer Buffer, int Start, int Length)> written)
    {
        bool isCopy = job.Head.Operation == (uint)CryptoOperation.Copy;
        if (job.Length == 0 || job.KeyLength != (isCopy ? 0 : 16))
            return DeviceResult.BadDescriptor;
        ModelBuffer? key = null;
        if ((!isCopy && !model.TryFind(engine, job.Key, SecureModel.Read, out key))
            || !model.TryFind(engine, job.Source, SecureModel.Read, out ModelBuffer? source)
            || !model.TryFind(engine, job.Destination, SecureModel.Write, out ModelBuffer? destination))
            return DeviceResult.BusError;
        if (source == destination && IsAskew(job))
            return DeviceResult.BadDescriptor;
        DeviceResult judged = Judge(job, key, source, destination);
        return judged == DeviceResult.Done ? Transform(job, isCopy, destination, written) : judged;
    }

    private static bool IsAskew(CryptoDescriptor job)
    {
        ulong distance = job.Source.Offset > job.Destination.Offset ? job.Source.Offset - job.Destination.Offset : job.Destination.Offset - job.Source.Offset;
        return distance != 0 && distance < job.Length;
    }

    private DeviceResult Judge(CryptoDescriptor job, ModelBuffer? key, ModelBuffer? source, ModelBuffer? destination)
    {
        var self = new Party(engine);
        if (key?.Label?.IsKeyOf(self) == false || (destination is null && (key ?? source) is not null))
            return DeviceResult.Forbidden;
        if (destination is null)
            return DeviceResult.Done;
        if (model.Consumers(job.Consumers) is not { } consumers)
            return DeviceResult.BadDescriptor;
        if (source is not null && consumers.Any(who => source.Label?.Lets(who, -1, writes: false) == false || (model.RightsOf(who.Row, source.UseCase) & SecureModel.Read) == 0))
            return DeviceResult.Forbidden;
        bool isContent = source?.Label?.IsKeyOf(self) == false;
        return destination.TryLabel(new ModelLabel(self, 0, IsDevices: true, isContent, consumers)) ? DeviceResult.Done : DeviceResult.BusError;
    }

    private DeviceResult Transform(CryptoDescriptor job, bool isCopy, ModelBuffer? destination, List<(ModelBuffer Buffer, int Start, int Length)> written)
    {
        int length = (int)job.Length;
        Span<byte> key = isCopy ? [] : model.Open(engine, job.Key, 16, SecureModel.Read, normalBase);
        if (!isCopy && key.IsEmpty)
            return DeviceResult.BusError;
        byte[] stream = isCopy ? new byte[length] : KeyStream(key.ToArray(), job, length);
        Span<byte> from = model.Open(engine, job.Source, length, SecureModel.Read, normalBase);
        Span<byte> to = from.IsEmpty ? default : model.Open(engine, job.Destination, length, SecureModel.Write, normalBase);
        if (to.IsEmpty)
            return DeviceResult.BusError;
        for (int i = 0; i < length; i++)
            stream[i] ^= from[i];
        stream.CopyTo(to);
        if (destination is not null)
            written.Add((destination, (int)job.Destination.Offset, length));
        return DeviceResult.Done;
    }

    private static byte[] KeyStream(byte[] key, CryptoDescriptor job, int length)
    {
        byte[] iv = new byte[16];
        BinaryPrimitives.WriteUInt64LittleEndian(iv, job.IvFirst);
        BinaryPrimitives.WriteUInt64LittleEndian(iv.AsSpan(8), job.IvSecond);
        UInt128 counter = BinaryPrimitives.ReadUInt128BigEndian(iv);
        byte[] blocks = new byte[(length + 15) / 16 * 16];
        for (int at = 0; at < blocks.Length; at += 16)
            BinaryPrimitives.WriteUInt128BigEndian(blocks.AsSpan(at), unchecked(counter++));
        using var aes = Aes.Create();
        aes.Key = key;
        return aes.EncryptEcb(blocks, PaddingMode.None)[..length];
    }
}
