using RestrictedTee.Contracts;
using RestrictedTee.Sdk;

namespace RestrictedTee.TrustedApps.XtestApps;

/// <summary>The large TA: each instance brings a megabyte of data along, and does nothing.</summary>
[TrustedApp(Large.UuidText, DataSize = 2 * 1024)]
public sealed class LargeTa : TrustedApp
{
    private readonly byte[] _data = [1, .. new byte[(1024 * 1024) - 1]];

    [OpenSession]
    public void Open(TaSession session, RawParameters parameters) => session.Context = _data;

    /// <inheritdoc/>
    protected override TeeResult OtherCommand(TaSession session, uint command) => TeeResult.Generic;
}
