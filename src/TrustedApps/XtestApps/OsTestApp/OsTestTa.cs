using System.Runtime.InteropServices;
using RestrictedTee.Contracts;
using RestrictedTee.Sdk;

namespace RestrictedTee.TrustedApps.XtestApps.OsTestApp;

/// <summary>The os_test TA: what it tests besides cryptography, a file for each kind of thing.</summary>
[TrustedApp(OsTest.UuidText, DataSize = 900 * 1024)]
public sealed partial class OsTestTa : TrustedApp
{
    private const uint PanicCode = 0xbeef;

    [OpenSession]
    public static void Open(RawParameters parameters)
    {
    }

    [Command(OsTest.CommandInit)]
    public static TeeResult Init(RawParameters parameters) => TeeClock.TryGetPersistent(out _);

    [Command(OsTest.CommandPanic)]
    public static void PanicNow(RawParameters parameters) => Tee.Panic(PanicCode);

    [Command(OsTest.CommandParams)]
    public static TeeResult Params(MemrefInput p0, MemrefInput p1, MemrefOutput p2, MemrefOutput p3) =>
        p0 is { IsNull: false, Size: > 0 } && p1 is { IsNull: false, Size: > 0 } && p2 is { IsNull: false, Size: > 0 } && p3 is { IsNull: false, Size: > 0 }
            ? TeeResult.Success
            : TeeResult.BadParameters;

    [Command(OsTest.CommandNullMemrefParams)]
    public static TeeResult NullMemrefParams(MemrefInput p0, MemrefInput p1, MemrefOutput p2, MemrefOutput p3) =>
        p0 is { IsNull: false, Size: 0 } && p1 is { IsNull: true, Size: 0 } && p2 is { IsNull: false, Size: 0 } && p3 is { IsNull: true, Size: 0 }
            ? TeeResult.Success
            : TeeResult.BadParameters;

    [Command(OsTest.CommandClientIdentity)]
    public static void ClientIdentity(ValueOutput login, MemrefOutput uuid)
    {
        TeeIdentity identity = Tee.ClientIdentity;
        login.A = identity.Login;
        Span<byte> bytes = stackalloc byte[Marshal.SizeOf<Guid>()];
        identity.Uuid.TryWriteBytes(bytes); // the layout of TEE_UUID in memory
        uuid.Write(bytes);
    }
}
