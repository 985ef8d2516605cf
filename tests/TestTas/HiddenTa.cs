using RestrictedTee.Sdk;

namespace RestrictedTee.TestTas;

/// <summary>Neither public, nor are its methods.</summary>
[TrustedApp("0b5d5c8e-1f0a-4b57-9c44-52f6d8a1e2c8")]
internal sealed class HiddenTa : TrustedApp
{
    private uint _opened;

    [OpenSession]
    private void Open() => _opened = 42;

    [Command(0)]
    private void Answer(ValueOutput answer) => answer.A = _opened;
}
