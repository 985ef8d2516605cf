namespace RestrictedTee.SecureWorld.Firewall;

/// <summary>The TEE's own: what the board allows, and no mapping by a CPU.</summary>
internal sealed class TeeSecurityModule : ISecurityModule
{
    public bool GrantAccess(in AccessRequest request) => request.IsAllowedByBoard;

    public void RevokeAccess(in AccessRequest request)
    {
        // Nothing is kept: the next question is answered by the board again.
    }

    public bool AllowCpuAccess(in AccessRequest request) => false;
}
