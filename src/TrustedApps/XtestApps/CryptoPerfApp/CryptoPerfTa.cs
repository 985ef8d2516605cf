using System.Diagnostics.CodeAnalysis;
using RestrictedTee.Contracts;
using RestrictedTee.Sdk;

namespace RestrictedTee.TrustedApps.XtestApps.CryptoPerfApp;

/// <summary>
/// The crypto_perf TA: one operation, prepared once and carried out as often as the client says, so that a call measures the operation more than
/// the way to it. Where nothing is prepared it panics, as a call with a null handle does.
/// </summary>
[TrustedApp(CryptoPerf.UuidText)]
public sealed partial class CryptoPerfTa : TrustedApp
{
    private CryptoOperation? _operation;

    /// <summary>Opens with whatever parameters, as the original does.</summary>
    [OpenSession]
    public static void Open(RawParameters parameters)
    {
    }

    /// <inheritdoc/>
    protected override void CloseSession(TaSession session)
    {
        FreeOperations();
        FreeKey();
    }

    /// <summary>The operation, if it is of a kind.</summary>
    private T Prepared<T>()
        where T : CryptoOperation
    {
        var prepared = _operation as T;
        if (prepared is null)
            PanicOfHandle();
        return prepared;
    }

    /// <summary>
    /// Between two rounds: how many there are is the client's to say, and the thread is not its own. One that has gone, or thought better of it, is heard.
    /// </summary>
    /// <exception cref="TeeException">Cancel.</exception>
    private static void Breathe()
    {
        if (Tee.CancellationRequested)
            throw new TeeException(TeeResult.Cancel);
    }

    private void FreeOperations()
    {
        _operation?.Dispose();
        _counterpart?.Dispose();
        (_operation, _counterpart) = (null, null);
    }

    [DoesNotReturn]
    private static void PanicOfHandle() => Tee.Panic((uint)TeeResult.BadParameters);

    /// <summary>A size in the API's own type; beyond it there is none that would be right.</summary>
    private static int Size(uint value) => (int)Math.Min(value, int.MaxValue);
}
