using RestrictedTee.SecureWorld.Firewall;

namespace RestrictedTee.Tests.Extending;

/// <summary>What the board allows, to devices alone: for a product whose trusted applications never see content.</summary>
internal sealed class DevicesOnlyModule : ISecurityModule
{
    public bool GrantAccess(in AccessRequest request) => request.IsAllowedByBoard && request.Master.Kind == BusMasterKind.Device;

    public void RevokeAccess(in AccessRequest request)
    {
        // Nothing is kept: the next question is answered by the board again.
    }

    public bool AllowCpuAccess(in AccessRequest request) => false;
}
