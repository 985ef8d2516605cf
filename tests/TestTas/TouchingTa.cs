using RestrictedTee.Sdk;

namespace RestrictedTee.TestTas;

/// <summary>Has the touch controller for itself.</summary>
[TrustedApp("0b5d5c8e-1f0a-4b57-9c44-52f6d8a1e0e7")]
public sealed class TouchingTa : TrustedApp
{
    private static readonly Guid Touch = new("c1f0a2d7-7b35-4a0e-9d52-3e6b8f4c9a18");

    private TaClientSession? _touch;

    /// <summary>Takes the device.</summary>
    [Command(0)]
    public void Acquire() => _touch = TaClientSession.Open(Touch);

    /// <summary>Takes an event: x, y, and whether the finger is down.</summary>
    [Command(1)]
    public TeeResult Take(ValueOutput place, ValueOutput finger)
    {
        var operation = new TaOperation { P0 = TaParam.ValueOutput(), P1 = TaParam.ValueOutput() };
        TeeResult result = _touch!.TryInvoke(0, ref operation, out _);
        (place.A, place.B, finger.A) = (operation.P0.A, operation.P0.B, operation.P1.A);
        return result;
    }

    /// <summary>Gives it back.</summary>
    [Command(2)]
    public void Release() => _touch!.Dispose();

    /// <summary>Ends with the device in its hand.</summary>
    [Command(3)]
    public static void Panic() => Tee.Panic(7);
}
