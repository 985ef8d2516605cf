namespace RestrictedTee.Sdk;

/// <summary>What GlobalPlatform calls a programmer error: the TA panics (GPD_SPE_010 section 3.2), with the code that upstream's library gives.</summary>
internal static class Contract
{
    /// <summary>Panics unless a service succeeded.</summary>
    internal static void Require(TeeResult result)
    {
        if (result != TeeResult.Success)
            Tee.Panic((uint)result);
    }

    /// <summary>Panics unless a rule of the API is kept.</summary>
    internal static void Require(bool isKept) => Require(isKept ? TeeResult.Success : TeeResult.BadParameters);
}
