using RestrictedTee.Contracts;
using RestrictedTee.Sdk;

namespace RestrictedTee.TrustedApps.XtestApps;

/// <summary>The large TA: its code brings a megabyte of data along, once for all instances, since nobody counts the managed heap; and it does nothing.</summary>
[TrustedApp(Large.UuidText, DataSize = 2 * 1024)]
public sealed class LargeTa : TrustedApp
{
    private static readonly byte[] Data = [1, .. new byte[(1024 * 1024) - 1]];

    [OpenSession]
    public static void Open(TaSession session, RawParameters parameters) => session.Context = Data;

    /// <inheritdoc/>
    protected override TeeResult OtherCommand(TaSession session, uint command) => TeeResult.Generic;
}
