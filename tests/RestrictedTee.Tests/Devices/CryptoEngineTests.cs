using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using RestrictedTee.SecureWorld.Firewall;
using RestrictedTee.SecureWorld.ProtectedMemory;
using RestrictedTee.SmcTransport.Abi;
using RestrictedTee.SmcTransport.Board;
using RestrictedTee.Tests.Firewall;

namespace RestrictedTee.Tests.Devices;

/// <summary>The crypto engine: a key that no software sees, and transforms between buffers.</summary>
public sealed class CryptoEngineTests : IDisposable
{
    private static readonly byte[] KeyBytes = [.. Enumerable.Range(1, 16).Select(i => (byte)i)];

    private readonly DeviceBench _bench = new(BusMasterNames.CryptoEngine);

    public void Dispose() => _bench.Dispose();

    [Theory]
    [InlineData(CryptoOperation.AesCbcDecrypt, 4096)]
    [InlineData(CryptoOperation.AesCbcEncrypt, 4096)]
    [InlineData(CryptoOperation.AesCbcDecrypt, 70_000 / 16 * 16)]
    [InlineData(CryptoOperation.AesCtr, 4096)]
    [InlineData(CryptoOperation.AesCtr, 70_001)]
    public void A_restricted_key_transforms_between_buffers(CryptoOperation operation, int length)
    {
        RestrictedBuffer key = _bench.Allocate(4096), output = _bench.Allocate((ulong)length);
        _bench.Fill(key, KeyBytes);
        byte[] input = RandomNumberGenerator.GetBytes(length), iv = RandomNumberGenerator.GetBytes(16);
        input.CopyTo(_bench.Scratch[4096..]);

        DeviceResult result = _bench.Run(Job(operation, _bench.Map(key, AccessRights.Read), _bench.Normal(4096), _bench.Map(output, AccessRights.ReadWrite), length) with
        {
            IvFirst = BinaryPrimitives.ReadUInt64LittleEndian(iv),
            IvSecond = BinaryPrimitives.ReadUInt64LittleEndian(iv.AsSpan(8)),
            Consumers = _bench.RowBit(BusMasterNames.VideoDecoder),
        });

        Assert.Equal(DeviceResult.Done, result);
        Assert.Equal(Expected(operation, input, iv), DeviceBench.ContentOf(output, length));
        Assert.Equal((uint)DeviceResult.Done, MemoryMarshal.Read<CryptoDescriptor>(_bench.Scratch).Head.Status);
    }

    [Fact]
    public void What_comes_of_anything_restricted_goes_into_restricted_memory_only_and_for_named_consumers()
    {
        RestrictedBuffer secret = _bench.Allocate(4096), output = _bench.Allocate(4096);
        _bench.Fill(secret, KeyBytes);
        BusAddress mapped = _bench.Map(secret, AccessRights.Read), target = _bench.Map(output, AccessRights.Write);

        Assert.Equal(DeviceResult.Forbidden, _bench.Run(Job(CryptoOperation.Copy, default, mapped, _bench.Normal(8192), 16)));
        Assert.Equal(DeviceResult.Forbidden, _bench.Run(Job(CryptoOperation.AesCtr, mapped, _bench.Normal(4096), _bench.Normal(8192), 16)));
        Assert.False(_bench.Scratch.Slice(8192, 16).ContainsAnyExcept((byte)0));
        Assert.Equal(DeviceResult.Done, _bench.Run(Job(CryptoOperation.Copy, default, mapped, target, 16)));
        Assert.False(_bench.Tee.Os.Firewall.TryGrant(FirewallBench.SecureTa, 1, output, 0, 16, AccessRights.Read, out _));
    }

    [Fact]
    public void A_copy_cannot_be_labelled_for_who_could_not_consume_the_source()
    {
        RestrictedBuffer source = _bench.Allocate(4096), output = _bench.Allocate(4096);
        Assert.Equal(ClaimOutcome.Claimed, _bench.Tee.Os.Firewall.TryLabel(FirewallBench.SecureTa, 1, source, [_bench.Master.Id, FirewallBench.Decoder.Id]));
        CryptoDescriptor job = Job(CryptoOperation.Copy, default, _bench.Map(source, AccessRights.Read), _bench.Map(output, AccessRights.Write), 64);

        Assert.Equal(DeviceResult.Forbidden, _bench.Run(job with { Consumers = _bench.RowBit(BusMasterNames.DisplayController) }));
        Assert.Equal(DeviceResult.BadDescriptor, _bench.Run(job with { Consumers = 1UL << AnyTaRow }));
        Assert.Equal(DeviceResult.Done, _bench.Run(job with { Consumers = _bench.RowBit(BusMasterNames.VideoDecoder) }));
    }

    [Fact]
    public void A_device_that_reads_past_the_end_of_its_mapping_gets_a_bus_error_and_what_it_wrote_is_discarded()
    {
        RestrictedBuffer source = _bench.Allocate(96 << 10), output = _bench.Allocate(128 << 10);
        _bench.Fill(source, Enumerable.Repeat((byte)5, 96 << 10).ToArray());

        DeviceResult result = _bench.Run(Job(CryptoOperation.Copy, default, _bench.Map(source, AccessRights.Read), _bench.Map(output, AccessRights.Write), 128 << 10));

        Assert.Equal(DeviceResult.BusError, result);
        Assert.All(DeviceBench.ContentOf(output, 128 << 10), b => Assert.Equal(0, b));
        Assert.Contains(_bench.Tee.Os.Firewall.Faults.NewestAfter(0, out _), fault => fault.Reason == "outside of the mapping" && fault.Master == _bench.Master.Id);
    }

    [Fact]
    public void A_device_that_keeps_using_a_mapping_after_unmap_or_revoke_gets_a_bus_error()
    {
        RestrictedBuffer source = _bench.Allocate(4096), output = _bench.Allocate(4096);
        CryptoDescriptor job = Job(CryptoOperation.Copy, default, _bench.Map(source, AccessRights.Read), _bench.Map(output, AccessRights.Write), 64);
        Assert.Equal(DeviceResult.Done, _bench.Run(job));

        _bench.Access.Revoke(_bench.Master.Id, source);
        Assert.Equal(DeviceResult.BusError, _bench.Run(job));
        _bench.Access.Restore(_bench.Master.Id, source);
        Assert.Equal(DeviceResult.Done, _bench.Run(job));
        _bench.Access.Unmap(job.Source.Handle);

        Assert.Equal(DeviceResult.BusError, _bench.Run(job));
    }

    [Theory]
    [InlineData("unknown operation")]
    [InlineData("no length")]
    [InlineData("no whole blocks")]
    [InlineData("key of a wrong length")]
    [InlineData("reserved bits")]
    [InlineData("overlap")]
    [InlineData("circle")]
    [InlineData("next in nowhere")]
    public void A_descriptor_that_lies_or_chains_in_a_circle_is_a_bad_one(string how)
    {
        CryptoDescriptor job = Job(CryptoOperation.Copy, default, _bench.Normal(4096), _bench.Normal(8192), 64);
        job = how switch
        {
            "unknown operation" => job with { Head = new DescriptorHead { Operation = 99 } },
            "no length" => job with { Length = 0 },
            "no whole blocks" => job with { Head = new DescriptorHead { Operation = (uint)CryptoOperation.AesCbcEncrypt }, KeyLength = 16, Key = _bench.Normal(0), Length = 17 },
            "key of a wrong length" => job with { Head = new DescriptorHead { Operation = (uint)CryptoOperation.AesCtr }, KeyLength = 17, Key = _bench.Normal(0) },
            "reserved bits" => job with { Reserved = 1 },
            "overlap" => job with { Destination = job.Source.Plus(8) },
            "circle" => job with { Head = job.Head with { Next = _bench.ScratchAddress } },
            _ => job with { Head = job.Head with { Next = 0xffff_ffff_ffff_fff8 } },
        };

        Assert.Equal(DeviceResult.BadDescriptor, _bench.Run(job));
        Assert.Equal(DeviceResult.Done, _bench.Run(Job(CryptoOperation.Copy, default, _bench.Normal(4096), _bench.Normal(8192), 64)));
    }

    [Theory]
    [InlineData(0x0f00_0000UL)] // the pool
    [InlineData(0x0e10_0000UL)] // secure RAM
    [InlineData(0UL)]
    [InlineData(0x7fff_ffff_f000UL)]
    [InlineData(ulong.MaxValue - 8)]
    public void By_a_physical_address_a_device_reaches_normal_memory_only(ulong address)
    {
        _bench.Allocate(4096);

        Assert.Equal(DeviceResult.BusError, _bench.Run(Job(CryptoOperation.Copy, default, BusAddress.Physical(address), _bench.Normal(8192), 64)));
        Assert.Equal(DeviceResult.BusError, _bench.Run(Job(CryptoOperation.Copy, default, _bench.Normal(8192), BusAddress.Physical(address), 64)));
    }

    [Fact]
    public void The_end_of_a_job_is_an_interrupt_that_is_taken_once()
    {
        _bench.Run(Job(CryptoOperation.Copy, default, _bench.Normal(4096), _bench.Normal(8192), 64));

        Assert.True(SpinWait.SpinUntil(() => _bench.Sip(SipDevices.InterruptsTake).Value == 1UL << (int)_bench.Device, TimeSpan.FromSeconds(20)));
        Assert.Equal(0UL, _bench.Sip(SipDevices.InterruptsTake).Value);
    }

    private int AnyTaRow => _bench.Tee.Board.BusMasters.ToList().FindIndex(master => master.Name == BusMasterNames.TrustedApp);

    private static CryptoDescriptor Job(CryptoOperation operation, BusAddress key, BusAddress source, BusAddress destination, int length) => new()
    {
        Head = new DescriptorHead { Operation = (uint)operation, Status = uint.MaxValue },
        Key = key,
        KeyLength = operation == CryptoOperation.Copy ? 0 : (uint)KeyBytes.Length,
        Source = source,
        Destination = destination,
        Length = (ulong)length,
    };

    private static byte[] Expected(CryptoOperation operation, byte[] input, byte[] iv)
    {
        using var aes = Aes.Create();
        aes.Key = KeyBytes;
        if (operation == CryptoOperation.AesCbcEncrypt)
            return aes.EncryptCbc(input, iv, PaddingMode.None);
        if (operation == CryptoOperation.AesCbcDecrypt)
            return aes.DecryptCbc(input, iv, PaddingMode.None);
        byte[] output = new byte[input.Length];
        UInt128 counter = BinaryPrimitives.ReadUInt128BigEndian(iv);
        byte[] block = new byte[16];
        for (int i = 0; i < input.Length; i++)
        {
            if (i % 16 == 0)
            {
                BinaryPrimitives.WriteUInt128BigEndian(block, unchecked(counter++));
                block = aes.EncryptEcb(block, PaddingMode.None);
            }

            output[i] = (byte)(input[i] ^ block[i % 16]);
        }

        return output;
    }
}
