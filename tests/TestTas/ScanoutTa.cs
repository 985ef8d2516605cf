using RestrictedTee.Sdk;

namespace RestrictedTee.TestTas;

/// <summary>
/// Tells what the display has scanned out, which no trusted application that ships may do: a sum of a region that a client chooses is its content.
/// </summary>
public abstract class ScanoutTa : TrustedApp
{
    private static readonly Guid Scanout = new("7e0b6a34-52c9-4f1d-8a6e-90d3c17f25b8");

    /// <summary>Frames; sum and region's sum; whether a plane was restricted.</summary>
    [Command(0)]
    public static TeeResult Read(ValueOutput frames, ValueOutput sums, ValueOutput restricted)
    {
        using TaClientSession session = TaClientSession.Open(Scanout);
        var operation = new TaOperation { P0 = TaParam.ValueOutput(), P1 = TaParam.ValueOutput(), P2 = TaParam.ValueOutput() };
        TeeResult result = session.TryInvoke(0, ref operation, out _);
        (frames.A, frames.B, sums.A, sums.B, restricted.A) = (operation.P0.A, operation.P0.B, operation.P1.A, operation.P1.B, operation.P2.A);
        return result;
    }
}

/// <summary>With the secure-data-path property.</summary>
[TrustedApp("5f1c9a27-6d83-4b0e-b7f4-1a2c8e90d3b1", Flags = TaFlags.SecureDataPath)]
public sealed class SecureScanoutTa : ScanoutTa;

/// <summary>Without it.</summary>
[TrustedApp("5f1c9a27-6d83-4b0e-b7f4-1a2c8e90d3b2")]
public sealed class PlainScanoutTa : ScanoutTa;
