using RestrictedTee.Sdk;

namespace RestrictedTee.SecureWorld.Kernel.Calls;

/// <summary>The outcome of a request, with the layer that decided it.</summary>
internal readonly record struct Outcome(TeeResult Result, TeeOrigin Origin)
{
    internal bool IsSuccess => Result == TeeResult.Success;

    internal static Outcome Success => Tee(TeeResult.Success);

    internal static Outcome Tee(TeeResult result) => new(result, TeeOrigin.Tee);
}
