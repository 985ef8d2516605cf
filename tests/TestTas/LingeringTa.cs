using RestrictedTee.Sdk;

namespace RestrictedTee.TestTas;

/// <summary>Stays in a call until it is let go, whoever cancels, and tells whether it was destroyed meanwhile.</summary>
[TrustedApp("0b5d5c8e-1f0a-4b57-9c44-52f6d8a1e0a1")]
public sealed class LingeringTa : TrustedApp
{
    private volatile bool _destroyed;

    /// <summary>Sets the first byte when it has arrived, waits for the second, and sets the third when it has been destroyed meanwhile.</summary>
    [Command(0)]
    public void Linger(MemrefInOut gate)
    {
        Volatile.Write(ref gate.Span[0], 1);
        while (Volatile.Read(ref gate.Span[1]) == 0)
            Tee.Wait(1);
        gate.Span[2] = _destroyed ? (byte)1 : (byte)0;
        Volatile.Write(ref gate.Span[0], 2);
    }

    protected override void Destroy() => _destroyed = true;
}

/// <summary>Lives on without a session, and keeps all the memory that it gets.</summary>
[TrustedApp("0b5d5c8e-1f0a-4b57-9c44-52f6d8a1e0a2", Flags = TaFlags.SingleInstance | TaFlags.MultiSession | TaFlags.InstanceKeepAlive)]
public sealed class KeepingTa : TrustedApp
{
    private readonly List<SecureMemory> _kept = [];
    private TaClientSession? _other;

    /// <summary>Opens a session to the TA that holds its turn, and keeps it.</summary>
    [Command(1)]
    public void KeepASession() => _other ??= TaClientSession.Open(new Guid("0b5d5c8e-1f0a-4b57-9c44-52f6d8a1e010"));

    [Command(0)]
    public void TakeAll(ValueOutput blocks)
    {
        try
        {
            while (true)
                _kept.Add(SecureMemory.Allocate(4096));
        }
        catch (TeeException)
        {
            blocks.A = (uint)_kept.Count;
        }
    }
}

/// <summary>Interrupts the thread that it is called on, and returns.</summary>
[TrustedApp("0b5d5c8e-1f0a-4b57-9c44-52f6d8a1e0a3")]
public sealed class InterruptingTa : TrustedApp
{
    [Command(0)]
    public static void Interrupt() => Thread.CurrentThread.Interrupt();
}

/// <summary>Waits in its open entry point, for as long as nobody cancels.</summary>
[TrustedApp("0b5d5c8e-1f0a-4b57-9c44-52f6d8a1e0a4")]
public sealed class SlowToOpenTa : TrustedApp
{
    [OpenSession]
    public static TeeResult Open()
    {
        Tee.UnmaskCancellation();
        return Tee.Wait(60_000);
    }
}

/// <summary>The same with the flag that keeps a crashed instance.</summary>
[TrustedApp("0b5d5c8e-1f0a-4b57-9c44-52f6d8a1e0a5", Flags = TaFlags.SingleInstance | TaFlags.MultiSession | TaFlags.InstanceKeepAlive | TaFlags.InstanceKeepCrashed, DataSize = 256 << 10)]
public sealed class KeptWhenCrashedTa : TrustedApp
{
    private readonly List<SecureMemory> _kept = [];

    [Command(0)]
    public void TakeAll(ValueOutput blocks)
    {
        try
        {
            while (true)
                _kept.Add(SecureMemory.Allocate(4096));
        }
        catch (TeeException)
        {
            blocks.A = (uint)_kept.Count;
        }
    }
}
