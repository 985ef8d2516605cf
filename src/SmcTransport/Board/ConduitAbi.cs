namespace RestrictedTee.SmcTransport.Board;

/// <summary>What the frames on the conduits mean: a choice made when the board is started, as upstream makes it when building.</summary>
public enum ConduitAbi
{
    /// <summary>OP-TEE's own SMC interface.</summary>
    Smc,

    /// <summary>FF-A 1.2, OP-TEE being one partition of several.</summary>
    Ffa,
}
