using System.Runtime.InteropServices;
using RestrictedTee.Sdk;

namespace RestrictedTee.TestTas;

/// <summary>A client of other TAs.</summary>
[TrustedApp("0b5d5c8e-1f0a-4b57-9c44-52f6d8a1e0b1")]
public sealed class RelayTa : TrustedApp
{
    private static readonly Guid Patient = new("0b5d5c8e-1f0a-4b57-9c44-52f6d8a1e0b2");
    private static readonly Guid Holding = new("0b5d5c8e-1f0a-4b57-9c44-52f6d8a1e010");

    private TaClientSession? _holding;

    /// <summary>Hands the gate to <see cref="PatientTa"/>, with cancellation unmasked or not, and tells how that ended.</summary>
    [Command(0)]
    public static void Relay(ValueInput unmask, MemrefInOut gate, ValueOutput outcome)
    {
        using TaClientSession patient = TaClientSession.Open(Patient);
        if (unmask.A != 0)
            Tee.UnmaskCancellation();
        var operation = new TaOperation { P0 = TaParam.InOut(gate.Span) };
        outcome.A = (uint)patient.TryInvoke(0, ref operation, out TeeOrigin origin, unmask.B);
        outcome.B = (uint)origin;
    }

    /// <summary>Opens a session to a TA whose turn another will have.</summary>
    [Command(5)]
    public void Prepare() => _holding = TaClientSession.Open(Holding);

    /// <summary>Invokes a command of that TA.</summary>
    [Command(1)]
    public void Queue(MemrefInOut gate, ValueOutput outcome)
    {
        Tee.UnmaskCancellation();
        Volatile.Write(ref gate.Span[0], 1);
        var operation = new TaOperation { P0 = TaParam.ValueOutput() };
        outcome.A = (uint)_holding!.TryInvoke(3, ref operation, out TeeOrigin origin);
        outcome.B = (uint)origin;
    }

    /// <summary>Opens a session with a time limit, and tells how that ended.</summary>
    [Command(2)]
    public static void Open(MemrefInput uuid, ValueInput timeout, ValueOutput outcome)
    {
        try
        {
            var operation = default(TaOperation);
            TaClientSession.Open(new Guid(uuid.Span), ref operation, timeout.A).Dispose();
        }
        catch (TeeException e)
        {
            (outcome.A, outcome.B) = ((uint)e.Result, (uint)e.Origin);
        }
    }

    /// <summary>Passes memory on that it may only read, as memory that may be written.</summary>
    [Command(3)]
    public static void PassOnForWriting(MemrefInput memory) =>
        PassOn(MemoryMarshal.CreateSpan(ref MemoryMarshal.GetReference(memory.Span), memory.Size));

    /// <summary>Passes memory on that it may write.</summary>
    [Command(4)]
    public static void PassOnAsGiven(MemrefOutput memory) => PassOn(memory.Span);

    private static void PassOn(Span<byte> memory)
    {
        using TaClientSession other = TaClientSession.Open(MisbehavingTa.Uuid);
        var operation = new TaOperation { P0 = TaParam.Output(memory) };
        other.Invoke(14, ref operation);
    }
}

/// <summary>Waits at a gate, and gives up when it is cancelled.</summary>
[TrustedApp("0b5d5c8e-1f0a-4b57-9c44-52f6d8a1e0b2")]
public sealed class PatientTa : TrustedApp
{
    /// <summary>Sets the first byte when it has arrived; waits for the second; the third says whether it was cancelled.</summary>
    [Command(0)]
    public static TeeResult Wait(MemrefInOut gate)
    {
        Tee.UnmaskCancellation();
        Volatile.Write(ref gate.Span[0], 1);
        while (Volatile.Read(ref gate.Span[1]) == 0)
        {
            if (Tee.Wait(1) == TeeResult.Cancel)
                return TeeResult.Cancel;
        }

        gate.Span[2] = Tee.CancellationRequested ? (byte)1 : (byte)0;
        return TeeResult.Success;
    }
}

/// <summary>Waits while it is being created, for as long as nobody cancels.</summary>
[TrustedApp("0b5d5c8e-1f0a-4b57-9c44-52f6d8a1e0b3")]
public sealed class SlowToCreateTa : TrustedApp
{
    protected override void Create()
    {
        Tee.UnmaskCancellation();
        if (Tee.Wait(60_000) != TeeResult.Success)
            throw new TeeException(TeeResult.Cancel, "creation was given up");
    }
}

/// <summary>Takes long to be created, whoever cancels.</summary>
[TrustedApp("0b5d5c8e-1f0a-4b57-9c44-52f6d8a1e0b4")]
public sealed class StubbornTa : TrustedApp
{
    [OpenSession]
    public static void Open() => Tee.Panic(4);

    protected override void Create() => Tee.Wait(300);
}

/// <summary>One instance, which takes one session.</summary>
[TrustedApp("0b5d5c8e-1f0a-4b57-9c44-52f6d8a1e0d1", Flags = TaFlags.SingleInstance)]
public sealed class SingleSessionTa : TrustedApp;
