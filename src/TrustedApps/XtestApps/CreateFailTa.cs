using RestrictedTee.Contracts;
using RestrictedTee.Sdk;

namespace RestrictedTee.TrustedApps.XtestApps;

/// <summary>Refuses to be created.</summary>
[TrustedApp(CreateFail.UuidText)]
public sealed class CreateFailTa : TrustedApp
{
    /// <inheritdoc/>
    protected override void Create() => throw new TeeException(TeeResult.Generic);
}
