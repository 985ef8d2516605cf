using RestrictedTee.Sdk;

namespace RestrictedTee.TestTas;

/// <summary>Takes exactly one shape of parameters and counts how often it was reached.</summary>
[TrustedApp("0b5d5c8e-1f0a-4b57-9c44-52f6d8a1e002", Flags = TaFlags.SingleInstance | TaFlags.MultiSession)]
public sealed class TypedTa : TrustedApp
{
    private uint _reached;

    [Command(0)]
    public void Exact(ValueInput a, ValueInOut b, MemrefInput c, MemrefOutput d) => _reached++;

    [Command(1)]
    public void Reached(ValueOutput count) => count.A = _reached;

    [OpenSession]
    public static void Open(ValueInput wanted)
    {
        if (wanted.A != 42)
            throw new TeeException(TeeResult.AccessDenied);
    }
}

/// <summary>Holds a secret in secure memory and asks for properties.</summary>
[TrustedApp("0b5d5c8e-1f0a-4b57-9c44-52f6d8a1e003")]
public sealed class PropertyTa : TrustedApp
{
    [Command(0)]
    public static void Emulation(ValueOutput answer, MemrefOutput protection)
    {
        answer.A = Tee.GetProperty(PropertySet.TeeImplementation, "org.restrictedtee.emulation") is true ? 1u : 0u;
        protection.Write(System.Text.Encoding.ASCII.GetBytes((string)Tee.GetProperty(PropertySet.TeeImplementation, "org.restrictedtee.memoryProtection")!));
    }

    [Command(1)]
    public static void ReeTime(ValueOutput time) => (time.A, time.B) = (Tee.ReeTime.Seconds, Tee.ReeTime.Millis);
}
