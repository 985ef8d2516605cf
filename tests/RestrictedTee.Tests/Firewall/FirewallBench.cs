using RestrictedTee.SecureWorld.Firewall;
using RestrictedTee.SecureWorld.Kernel.Memory;
using RestrictedTee.SecureWorld.ProtectedMemory;
using RestrictedTee.SecureWorld.SecretMemory;
using RestrictedTee.SmcTransport.Board;

namespace RestrictedTee.Tests.Firewall;

/// <summary>The firewall and the pools of a board, and nothing else of a TEE.</summary>
internal sealed class FirewallBench : IDisposable
{
    internal static readonly BusMaster Decoder = BusMaster.Device(BusMasterNames.VideoDecoder);
    internal static readonly BusMaster Display = BusMaster.Device(BusMasterNames.DisplayController);
    internal static readonly BusMaster Camera = BusMaster.Device(BusMasterNames.Camera);
    internal static readonly BusMaster SecureTa = BusMaster.TrustedApp(new Guid("0b5d5c8e-1f0a-4b57-9c44-52f6d8a1e0ff"), hasSecureDataPath: true);

    internal FirewallBench(BoardFile? board = null)
    {
        Rules = new FirewallRules(board ?? BoardFile.Default);
        Access = new DeviceAccess(Rules);
        Memory = new RestrictedMemory(board ?? BoardFile.Default, SecretMemoryChoice.Off, new MemoryObjectTable());
    }

    internal FirewallRules Rules { get; }

    internal DeviceAccess Access { get; }

    internal RestrictedMemory Memory { get; }

    internal RestrictedBuffer Allocate(ulong size = 8192, UseCase useCase = default) =>
        Memory.Allocate(Memory.PoolOf(useCase == default ? UseCase.SecureVideoPlay : useCase)!, size)!;

    internal ulong Map(BusMaster device, GuardedMemory buffer, AccessRights rights)
    {
        Assert.Equal(DeviceAccessOutcome.Done, Access.Map(device.Id, buffer, rights, out ulong handle));
        return handle;
    }

    internal bool TryBurst(BusMaster device, ulong handle, AccessRights rights, ulong offset = 0, int length = 64)
    {
        bool granted = Rules.TryGrant(device, handle, offset, length, rights, out AccessGrant grant);
        grant.Dispose();
        return granted;
    }

    /// <summary>Writes as a TA whose call it is.</summary>
    internal void Fill(GuardedMemory buffer, byte value)
    {
        Assert.True(Rules.TryGrant(SecureTa, instance: 1, buffer, 0, (int)buffer.Size, AccessRights.ReadWrite, out AccessGrant grant));
        Bytes(grant).Fill(value);
        grant.Dispose();
    }

    /// <summary>Whether every byte is the value, looked at from below the firewall.</summary>
    internal static bool IsAll(GuardedMemory buffer, byte value)
    {
        Assert.True(new FirewallRules().TryGrant(SecureTa, instance: 1, buffer, 0, (int)buffer.Size, AccessRights.Read, out AccessGrant grant));
        bool all = !Bytes(grant).ContainsAnyExcept(value);
        grant.Dispose();
        return all;
    }

    internal static unsafe Span<byte> Bytes(in AccessGrant grant) => new((void*)grant.Address, grant.Length);

    public void Dispose() => Memory.Dispose();
}
