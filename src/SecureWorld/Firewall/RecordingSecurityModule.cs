namespace RestrictedTee.SecureWorld.Firewall;

/// <summary>What a security module was asked.</summary>
internal enum SecurityQuestion
{
    /// <summary>To let a master at a buffer.</summary>
    Grant,

    /// <summary>To let it no longer.</summary>
    Revoke,

    /// <summary>To let a CPU map it.</summary>
    CpuMapping,
}

/// <summary>One question and its answer.</summary>
internal readonly record struct SecurityDecision(SecurityQuestion Question, AccessRequest Request, bool IsAllowed);

/// <summary>
/// A module to test with, after SMAF's: lets every master of the board at every buffer, whatever its static rules say, and keeps a
/// record of each decision and of whether a CPU mapping was asked for.
/// </summary>
internal sealed class RecordingSecurityModule : ISecurityModule
{
    private const int MaxDecisions = 4096;

    private readonly object _lock = new(); // protects _decisions; a leaf
    private readonly Queue<SecurityDecision> _decisions = new();

    /// <summary>The newest decisions, the oldest of them first.</summary>
    internal IReadOnlyList<SecurityDecision> Decisions
    {
        get
        {
            lock (_lock)
                return [.. _decisions];
        }
    }

    public bool GrantAccess(in AccessRequest request) => Record(SecurityQuestion.Grant, request, isAllowed: true);

    public void RevokeAccess(in AccessRequest request) => Record(SecurityQuestion.Revoke, request, isAllowed: true);

    public bool AllowCpuAccess(in AccessRequest request) => Record(SecurityQuestion.CpuMapping, request, isAllowed: false);

    private bool Record(SecurityQuestion question, in AccessRequest request, bool isAllowed)
    {
        lock (_lock)
        {
            if (_decisions.Count == MaxDecisions)
                _decisions.Dequeue();
            _decisions.Enqueue(new SecurityDecision(question, request, isAllowed));
        }

        return isAllowed;
    }
}
