using RestrictedTee.Contracts;
using RestrictedTee.Sdk;

namespace RestrictedTee.TrustedApps.XtestApps.CryptApp;

/// <summary>
/// The crypt TA: each command is one call of the Internal Core API (optee_test ta/crypt), so that a suite in the normal world tests that. A number
/// that names nothing panics, as the call with such a handle does.
/// </summary>
[TrustedApp(Crypt.UuidText, DataSize = 256 * 1024)]
public sealed partial class CryptTa : TrustedApp
{
    private readonly HandleNumbers<CryptoOperation> _operations = new();
    private readonly HandleNumbers<TransientObject> _objects = new();
    private readonly HandleNumbers<object> _numbers = new();
    private uint _global;

    /// <summary>Opens with whatever parameters, as the original does.</summary>
    [OpenSession]
    public static void Open(RawParameters parameters)
    {
    }

    [Command(Crypt.CommandSetGlobal)]
    public void SetGlobal(ValueInput value) => _global = value.A;

    [Command(Crypt.CommandGetGlobal)]
    public void GetGlobal(ValueOutput value) => value.A = _global;

    /// <summary>A number that names nothing, and a handle of the wrong kind, are broken contracts.</summary>
    [System.Diagnostics.CodeAnalysis.DoesNotReturn]
    private static void PanicOfHandle() => Tee.Panic((uint)TeeResult.BadParameters);

    /// <summary>A size in the API's own type; beyond it there is none that would be right.</summary>
    private static int Size(uint value) => (int)Math.Min(value, int.MaxValue);
}
