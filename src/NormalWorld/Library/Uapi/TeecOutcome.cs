namespace RestrictedTee.NormalWorld.Uapi;

/// <summary>What result and origin say together.</summary>
internal static class TeecOutcome
{
    /// <summary>
    /// Whether the TA may have written to its outputs. The TEE itself answers for a TA that has run only when that was the end of it
    /// (GPD_SPE_007 section 4.4.3); else it has refused the request before.
    /// </summary>
    internal static bool MayHaveRun(TeecResult result, TeecOrigin origin) => origin switch
    {
        TeecOrigin.TrustedApp => true,
        TeecOrigin.Tee => result is TeecResult.Success or TeecResult.TargetDead,
        _ => false,
    };
}
