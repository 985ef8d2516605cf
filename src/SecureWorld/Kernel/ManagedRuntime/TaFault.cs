using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Kernel.Instances;

namespace RestrictedTee.SecureWorld.Kernel.ManagedRuntime;

/// <summary>
/// What an exception of a TA means to the kernel. The exception's class may be the TA's own, so each of its members may throw
/// in turn, and its message may hold whatever the TA put there: only the type and the place are told (invariant 8).
/// </summary>
internal static class TaFault
{
    internal static TaReturn Translate(Exception e) => e switch
    {
        TeeException tee => new TaReturn(tee.Result == TeeResult.Success ? TeeResult.Generic : tee.Result),
        TaPanicException panic => TaReturn.Died($"panicked with code 0x{panic.Code:x}"),
        _ => TaReturn.Died(Describe(e)),
    };

    /// <summary>Type and place, whatever the exception's own members do.</summary>
    internal static string Describe(Exception e)
    {
        string place;
        try
        {
            place = e.StackTrace?.Split('\n', 2)[0].Trim() ?? "at an unknown place";
        }
        catch (Exception)
        {
            // The property is the TA's own code; a death needs no place to be one.
            place = "at a place that it does not tell";
        }

        return $"died of {e.GetType().Name} {place}";
    }
}
