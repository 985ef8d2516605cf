using RestrictedTee.Sdk;

namespace RestrictedTee.TestTas;

/// <summary>
/// One instance for all, with the secure-data-path property: one session keeps the turn while another's call waits for it, or
/// keeps hold of a restricted memref. What it is waited for is a cancellation.
/// </summary>
[TrustedApp("0b5d5c8e-1f0a-4b57-9c44-52f6d8a1e010", Flags = TaFlags.SingleInstance | TaFlags.MultiSession | TaFlags.SecureDataPath)]
public sealed class HoldingTa : TrustedApp
{
    private uint _closed;

    /// <summary>Says in shared memory that it is there, then stays.</summary>
    [Command(0)]
    public static void Hold(MemrefOutput arrived) => WaitForCancellation(arrived);

    [Command(1)]
    public static void HoldMemory(MemrefOutput arrived, MemrefInput memory) => WaitForCancellation(arrived);

    [Command(2)]
    public static void Dump(MemrefInput source, MemrefOutput destination) => destination.Write(source.Span);

    /// <summary>Tells how many sessions have been closed.</summary>
    [Command(3)]
    public void Closed(ValueOutput count) => count.A = _closed;

    protected override void CloseSession(TaSession session) => _closed++;

    private static void WaitForCancellation(MemrefOutput arrived)
    {
        arrived.Span[0] = 1;
        Tee.UnmaskCancellation();
        Tee.Wait(60_000);
    }
}

/// <summary>Without the secure-data-path property, tries to take a buffer for itself.</summary>
[TrustedApp("0b5d5c8e-1f0a-4b57-9c44-52f6d8a1e011")]
public sealed class GreedyTa : TrustedApp
{
    [Command(0)]
    public static void Claim(MemrefOutput memory) => Tee.ClaimRestricted(memory);

    [Command(1)]
    public static void AllocateNothingForEver()
    {
        while (true)
            SecureMemory.Allocate(0);
    }

    [Command(2)]
    public static void AllocateOne() => SecureMemory.Allocate(1).Dispose();
}

/// <summary>Opens a session to itself while it is being created.</summary>
[TrustedApp("0b5d5c8e-1f0a-4b57-9c44-52f6d8a1e012", Flags = TaFlags.SingleInstance | TaFlags.MultiSession)]
public sealed class OpensItselfTa : TrustedApp
{
    protected override void Create() => TaClientSession.Open(new Guid("0b5d5c8e-1f0a-4b57-9c44-52f6d8a1e012"));
}

/// <summary>Opens a session to <see cref="SecondOfACircleTa"/> while it is being created.</summary>
[TrustedApp("0b5d5c8e-1f0a-4b57-9c44-52f6d8a1e013", Flags = TaFlags.SingleInstance | TaFlags.MultiSession)]
public sealed class FirstOfACircleTa : TrustedApp
{
    protected override void Create() => TaClientSession.Open(new Guid("0b5d5c8e-1f0a-4b57-9c44-52f6d8a1e014"));
}

/// <summary>Opens a session to <see cref="FirstOfACircleTa"/> while it is being created.</summary>
[TrustedApp("0b5d5c8e-1f0a-4b57-9c44-52f6d8a1e014", Flags = TaFlags.SingleInstance | TaFlags.MultiSession)]
public sealed class SecondOfACircleTa : TrustedApp
{
    protected override void Create() => TaClientSession.Open(new Guid("0b5d5c8e-1f0a-4b57-9c44-52f6d8a1e013"));
}

/// <summary>Calls itself as deep as the TEE lets it; the deepest closes the session that it had opened before it went down.</summary>
[TrustedApp("0b5d5c8e-1f0a-4b57-9c44-52f6d8a1e015")]
public sealed class DeepTa : TrustedApp
{
    private static readonly Guid Uuid = new("0b5d5c8e-1f0a-4b57-9c44-52f6d8a1e015");

    /// <summary>Tells how many levels there were below this one.</summary>
    [Command(0)]
    public static void Descend(ValueOutput levels)
    {
        TaClientSession next;
        try
        {
            next = TaClientSession.Open(Uuid);
        }
        catch (TeeException)
        {
            return;
        }

        using (next)
        {
            var operation = new TaOperation { P0 = TaParam.ValueOutput() };
            levels.A = next.TryInvoke(0, ref operation, out _) == TeeResult.Success ? operation.P0.A + 1 : 0;
        }
    }
}

/// <summary>Dies of an exception whose own members throw.</summary>
[TrustedApp("0b5d5c8e-1f0a-4b57-9c44-52f6d8a1e016", Flags = TaFlags.SingleInstance | TaFlags.MultiSession)]
public sealed class TrapTa : TrustedApp
{
    [Command(0)]
    public static void Throw() => throw new TrapException();

    private sealed class TrapException : Exception
    {
        public override string? StackTrace => throw new InvalidOperationException("a trap");

        public override string Message => throw new InvalidOperationException("a trap");
    }
}

/// <summary>Refuses to open after it has made a context, and tells how many contexts have been disposed of.</summary>
[TrustedApp("0b5d5c8e-1f0a-4b57-9c44-52f6d8a1e017", Flags = TaFlags.SingleInstance | TaFlags.MultiSession | TaFlags.InstanceKeepAlive)]
public sealed class RefusingTa : TrustedApp
{
    private uint _disposed;

    [OpenSession]
    public static void Open()
    {
    }

    [OpenSession]
    public TeeResult Refuse(TaSession session, ValueInput reason)
    {
        session.Context = new Context(this);
        return TeeResult.AccessConflict;
    }

    [Command(0)]
    public void Disposed(ValueOutput count) => count.A = _disposed;

    private sealed class Context(RefusingTa ta) : IDisposable
    {
        public void Dispose() => ta._disposed++;
    }
}
