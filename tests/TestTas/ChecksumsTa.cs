using RestrictedTee.Sdk;
using RestrictedTee.TestContract;

namespace RestrictedTee.TestTas;

/// <summary>Checksums, by a library that is loaded when the first client asks.</summary>
[TrustedApp("0b5d5c8e-1f0a-4b57-9c44-52f6d8a1e307")]
[TaLibrary("Checksums")]
public sealed class ChecksumsTa : TrustedApp
{
    [Command(0)]
    public void Compute(MemrefInput data, ValueOutput checksum) => checksum.A = OpenLibrary<IChecksum>("Checksums").Of(data.Span);
}
