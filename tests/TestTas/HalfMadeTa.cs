using RestrictedTee.Sdk;
using RestrictedTee.TestContract;

namespace RestrictedTee.TestTas;

/// <summary>Opens a library, and then refuses to be made.</summary>
[TrustedApp("0b5d5c8e-1f0a-4b57-9c44-52f6d8a1e308")]
[TaLibrary(Odd)]
public sealed class HalfMadeTa : TrustedApp
{
    private const string Odd = "RestrictedTee.OddLibrary";

    protected override void Create()
    {
        OpenLibrary<ICounting>(Odd);
        throw new TeeException(TeeResult.Busy);
    }
}
