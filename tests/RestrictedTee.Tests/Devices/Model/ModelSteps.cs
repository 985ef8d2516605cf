using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SecureWorld.Firewall;
using RestrictedTee.SmcTransport.Board;
using RestrictedTee.Tests.Firewall;

namespace RestrictedTee.Tests.Devices.Model;

/// <summary>What a driver asks the pseudo TA for, and what trusted applications do, each at the real thing and at the model.</summary>
internal sealed class ModelSteps(ModelBench bench, SecureModel model, ModelPlaces places, Random random)
{
    private static readonly BusMaster[] Tas = [FirewallBench.SecureTa, BusMaster.TrustedApp(new Guid("0b5d5c8e-1f0a-4b57-9c44-52f6d8a1e0fd"), hasSecureDataPath: true)];

    internal (object? Expected, object? Actual) Allocate()
    {
        uint useCase = random.Next(40) == 0 ? 77u : (uint)random.Next(1, 3);
        int size = random.Next(1, 5) * 4096 - random.Next(4096);
        Errno? expected = useCase == 77 ? Errno.EINVAL : places.HasRoom(useCase, size) ? null : Errno.ENOMEM;
        ulong cookie = 0;
        Errno? actual = Answer(() => cookie = bench.Client.Allocate(new UseCase(useCase), (ulong)size));
        if (actual is null)
        {
            var buffer = new ModelBuffer(cookie, useCase, size);
            model.Buffers.Add(buffer);
            places.Add(buffer, bench.Find(cookie));
        }

        return (expected, actual);
    }

    internal (object? Expected, object? Actual) Free(ModelBuffer buffer)
    {
        model.Free(buffer);
        bench.Client.Free(buffer.Cookie);
        return (null, bench.Tee.Os.Restricted.Find(buffer.Cookie));
    }

    internal (object? Expected, object? Actual) Map(ModelBuffer buffer)
    {
        (int row, int rights) = (random.Next(model.Rows + 1), random.Next(4));
        if (random.Next(3) != 0) // one that may, more often than not
            (row, rights) = random.Next(4) switch { 0 => (model.RowOf(BusMasterNames.Camera), 2), 1 => (model.RowOf(BusMasterNames.DisplayController), 1), _ => (model.RowOf(BusMasterNames.CryptoEngine), random.Next(1, 4)) };
        Errno? expected = model.Map(buffer, row, rights);
        ulong handle = 0;
        Errno? actual = Answer(() => handle = bench.Client.MapForDevice(buffer.Cookie, row, (BusRights)rights));
        if (actual is null)
        {
            Assert.True(handle > model.LastHandle, "A handle was given again.");
            model.AddMapping(handle, buffer, row, rights);
        }

        return (expected, actual);
    }

    internal (object? Expected, object? Actual) Unmap(ulong handle)
    {
        model.Unmap(handle);
        bench.Client.UnmapForDevice(handle);
        return (null, bench.Firewall.Mappings.Find(handle));
    }

    internal (object? Expected, object? Actual) SetAccess(ModelBuffer buffer, bool isGranted)
    {
        int row = random.Next(model.Rows + 1);
        Errno? expected = isGranted ? model.Grant(buffer, row) : model.Revoke(buffer, row);
        return (expected, Answer(() => bench.Client.SetDeviceAccess(buffer.Cookie, row, isGranted)));
    }

    internal (object? Expected, object? Actual) Fix(ModelBuffer buffer)
    {
        if (buffer.IsFreed)
            return (Errno.EINVAL, Answer(() => bench.Client.Fix(buffer.Cookie)));
        buffer.IsFixed = true;
        ulong place = ModelBench.Board.Pools.Single(pool => pool.UseCase == new UseCase(buffer.UseCase)).Base + (ulong)places.RealOf(buffer).Offset;
        return (place, bench.Client.Fix(buffer.Cookie));
    }

    /// <summary>A trusted application reads or writes a part.</summary>
    internal (object? Expected, object? Actual) Touch(ModelBuffer buffer)
    {
        (int ta, int instance) = (random.Next(Tas.Length), random.Next(1, 3));
        bool writes = random.Next(2) == 0;
        (ulong offset, int length) = ((ulong)random.Next(buffer.Content.Length), random.Next(1, 300));
        bool expected = buffer.Contains(offset, length) && buffer.Lets(new Party(model.AnyTa, ta + 1), instance, writes);
        bool actual = bench.Firewall.TryGrant(Tas[ta], (ulong)instance, places.RealOf(buffer), offset, length, writes ? AccessRights.ReadWrite : AccessRights.Read, out AccessGrant grant);
        if (!actual || !expected)
            return (expected, actual);
        Span<byte> bytes = FirewallBench.Bytes(grant), known = buffer.Content.AsSpan((int)offset, length);
        Assert.True(bytes.SequenceEqual(known));
        if (writes)
        {
            random.NextBytes(known);
            known.CopyTo(bytes);
        }

        grant.Dispose();
        return (expected, actual);
    }

    /// <summary>A trusted application says who may consume.</summary>
    internal (object? Expected, object? Actual) Label(ModelBuffer buffer)
    {
        (int ta, int instance) = (random.Next(Tas.Length), random.Next(1, 3));
        string[] names = [BusMasterNames.CryptoEngine, BusMasterNames.DisplayController, BusMasterNames.VideoDecoder];
        Party[] readers = [.. names.Where(_ => random.Next(2) == 0).Select(name => new Party(model.RowOf(name)))];
        bool expected = buffer.TryLabel(new ModelLabel(new Party(model.AnyTa, ta + 1), instance, IsDevices: false, IsContent: false, readers));
        ClaimOutcome actual = bench.Firewall.TryLabel(Tas[ta], (ulong)instance, places.RealOf(buffer), [.. readers.Select(reader => bench.Firewall.Static.Masters[reader.Row])]);
        return (expected ? ClaimOutcome.Claimed : ClaimOutcome.ClaimedByAnother, actual);
    }

    private static Errno? Answer(Action action)
    {
        try
        {
            action();
            return null;
        }
        catch (TeeDriverException e)
        {
            return e.Errno;
        }
    }
}
