using System.Runtime.CompilerServices;

namespace RestrictedTee.Sdk;

/// <summary>Time (GPD_SPE_010 chapter 7).</summary>
public static class TeeClock
{
    /// <summary>TEE_GetSystemTime: monotonic, from an origin that is arbitrary but the same for the life of the TEE.</summary>
    public static TeeTime System => Of(TimeCategory.System);

    /// <summary>TEE_GetREETime: what the normal world says the time is, since 1970. Trust it accordingly.</summary>
    public static TeeTime Ree => Of(TimeCategory.Ree);

    /// <summary>
    /// TEE_GetTAPersistentTime: what <see cref="SetPersistent"/> has set, for all instances of this TA, and what has passed since then. It is
    /// kept for as long as the TEE runs, so TIME_NEEDS_RESET is never told: after a restart it is not set.
    /// </summary>
    /// <returns>Success; TimeNotSet; Overflow: the seconds do not fit, and what fits of them is told.</returns>
    public static TeeResult TryGetPersistent(out TeeTime time)
    {
        TeeResult result = Utee.GetTime(TimeCategory.TaPersistent, out time);
        if (result is not (TeeResult.TimeNotSet or TeeResult.Overflow))
            Require(result);
        return result;
    }

    /// <summary>TEE_SetTAPersistentTime. Panics for 1000 milliseconds and more.</summary>
    /// <exception cref="TeeException">OutOfMemory.</exception>
    public static void SetPersistent(TeeTime time)
    {
        TeeResult result = Utee.SetTaTime(time);
        if (result == TeeResult.OutOfMemory)
            throw new TeeException(result, TeeOrigin.Tee);
        Require(result);
    }

    private static TeeTime Of(TimeCategory category, [CallerMemberName] string member = "")
    {
        Require(Utee.GetTime(category, out TeeTime time), member);
        return time;
    }

    private static void Require(TeeResult result, [CallerMemberName] string member = "") => Contract.Require(result, nameof(TeeClock), member);
}
