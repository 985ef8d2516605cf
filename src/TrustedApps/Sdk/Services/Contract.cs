namespace RestrictedTee.Sdk;

/// <summary>
/// A programmer error: the TA panics (GPD_SPE_010 section 3.2), with the code of the service that failed, or with BAD_PARAMETERS, where upstream's
/// library says that or 0; and says in which function of the API (annex A). That is found in <see cref="GpFunctionTable"/> by the member that was called, when there is a panic and not before.
/// </summary>
internal static class Contract
{
    /// <summary>Panics unless a service succeeded.</summary>
    internal static void Require(TeeResult result, string owner, string member)
    {
        if (result != TeeResult.Success)
            Tee.Panic((uint)result, GpFunctionTable.Find(owner, member));
    }

    /// <summary>Panics unless a rule of the API is kept.</summary>
    internal static void Require(bool isKept, string owner, string member) => Require(isKept ? TeeResult.Success : TeeResult.BadParameters, owner, member);
}
