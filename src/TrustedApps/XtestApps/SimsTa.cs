using System.Runtime.InteropServices;
using RestrictedTee.Contracts;
using RestrictedTee.Sdk;

namespace RestrictedTee.TrustedApps.XtestApps;

/// <summary>The program of the sims, sims_keepalive and miss TAs: what its sessions share is the instance, and the test sees it.</summary>
public abstract class SimsBase : TrustedApp
{
    private const int Slots = 4;

    /// <summary>Bytes: what the original's TA has for all of its data.</summary>
    private const int LargestSlot = 64 * 1024;

    private readonly byte[]?[] _storage = new byte[Slots][];
    private uint _sessions;

    [OpenSession]
    public void Open(TaSession session) => session.Context = new SimsSession(_sessions++);

    [Command(Sims.CommandRead)]
    public TeeResult Read(ValueInput index, MemrefOutput destination)
    {
        if (index.A >= Slots)
            return TeeResult.BadParameters;
        byte[] stored = _storage[index.A] ?? [];
        if (stored.Length > destination.Size)
            return TeeResult.Overflow;
        stored.CopyTo(destination.Span);
        return TeeResult.Success;
    }

    [Command(Sims.CommandWrite)]
    public TeeResult Write(ValueInput index, MemrefInput source)
    {
        if (index.A >= Slots)
            return TeeResult.BadParameters;
        if (source.Size > LargestSlot)
            return TeeResult.OutOfMemory;
        _storage[index.A] = source.Span.ToArray();
        return TeeResult.Success;
    }

    [Command(Sims.CommandGetCounter)]
    public static void GetCounter(TaSession session, ValueOutput counter) => counter.A = session.Get<SimsSession>().Counter;

    [Command(Sims.CommandOpenTaSession)]
    public static TeeResult OpenTaSession(TaSession session, MemrefInput uuid)
    {
        if (uuid.Size != Marshal.SizeOf<Guid>())
            return TeeResult.BadParameters;
        SimsSession state = session.Get<SimsSession>();
        state.Target?.Dispose();
        state.Target = TaClientSession.Open(new Guid(uuid.Span)); // TEE_UUID in memory is what Guid is: three little-endian fields, then eight bytes
        state.Counter++;
        return TeeResult.Success;
    }

    [Command(Sims.CommandPanic)]
    public static TeeResult Panic(TaSession session, MemrefInput uuid)
    {
        if (uuid.IsNull || uuid.Size == 0)
            Tee.Panic(0xbeef);
        TeeResult result = OpenTaSession(session, uuid);
        if (result != TeeResult.Success)
            return result;
        var operation = new TaOperation { P0 = TaParam.Input([]) };
        session.Get<SimsSession>().Target!.TryInvoke(Sims.CommandPanic, ref operation, out _); // the target dies, this TA does not
        return TeeResult.Success;
    }

    private sealed class SimsSession(uint counter) : IDisposable
    {
        internal uint Counter { get; set; } = counter;

        internal TaClientSession? Target { get; set; }

        public void Dispose() => Target?.Dispose();
    }
}

/// <summary>Single instance, many sessions.</summary>
[TrustedApp(Sims.UuidText, Flags = TaFlags.SingleInstance | TaFlags.MultiSession, DataSize = 64 * 1024)]
public sealed class SimsTa : SimsBase;

/// <summary>The same, kept alive.</summary>
[TrustedApp(Sims.KeepAliveUuidText, Flags = TaFlags.SingleInstance | TaFlags.MultiSession | TaFlags.InstanceKeepAlive, DataSize = 64 * 1024)]
public sealed class SimsKeepAliveTa : SimsBase;

/// <summary>An instance for each session.</summary>
[TrustedApp(Sims.MissUuidText)]
public sealed class MissTa : SimsBase;
