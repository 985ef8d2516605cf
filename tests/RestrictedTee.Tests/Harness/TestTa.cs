namespace RestrictedTee.Tests.Harness;

/// <summary>The UUIDs of the TAs in tests/TestTas.</summary>
internal static class TestTa
{
    internal static readonly Guid Misbehaving = new("0b5d5c8e-1f0a-4b57-9c44-52f6d8a1e001");
    internal static readonly Guid Typed = new("0b5d5c8e-1f0a-4b57-9c44-52f6d8a1e002");
    internal static readonly Guid Properties = new("0b5d5c8e-1f0a-4b57-9c44-52f6d8a1e003");
    internal static readonly Guid Writing = new("0b5d5c8e-1f0a-4b57-9c44-52f6d8a1e2c0");
    internal static readonly Guid Reluctant = new("0b5d5c8e-1f0a-4b57-9c44-52f6d8a1e2c1");
    internal static readonly Guid Hidden = new("0b5d5c8e-1f0a-4b57-9c44-52f6d8a1e2c8");
    internal static readonly Guid SocketRelay = new("0b5d5c8e-1f0a-4b57-9c44-52f6d8a1e0d2");
    internal static readonly Guid Operations = new("0b5d5c8e-1f0a-4b57-9c44-52f6d8a1e0d0");
}
