using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Kernel.Calls;
using RestrictedTee.SecureWorld.Kernel.Instances;
using Serilog;
using Serilog.Events;

namespace RestrictedTee.SecureWorld.Kernel.ManagedRuntime;

/// <summary>
/// What an exception of a TA means to the kernel. The exception's class may be the TA's own, so each of its members may throw
/// in turn, and its message may hold whatever the TA put there: only the type and the place are told (invariant 8).
/// </summary>
internal static class TaFault
{
    internal static TaReturn Translate(Guid uuid, Exception e)
    {
        if (e is TeeException words)
            Tell(uuid, words);
        return e switch
        {
            TeeException tee => new TaReturn(tee.Result == TeeResult.Success ? TeeResult.Generic : tee.Result),
            TaPanicException panic => TaReturn.Died($"{panic.Words} {Place(panic, IsOfTheSdk)}"),
            _ => TaReturn.Died(Describe(e)),
        };
    }

    /// <summary>
    /// Tells the secure log with which words a TA refused: <see cref="TeeException"/> says of its own message that it is meant for
    /// there. Without words there is only the result, which is of interest to who looks closely.
    /// </summary>
    internal static void Tell(Guid uuid, TeeException e) => Log.Write(
        e.HasWords ? LogEventLevel.Information : LogEventLevel.Debug,
        "TA {Uuid} answers {Result} (0x{Code:x8}), origin {Origin}: {Words}",
        uuid,
        e.Result,
        (uint)e.Result,
        e.Origin,
        LogWords.Of(e.HasWords ? e.Message : Place(e, IsOfTheSdk)));

    /// <summary>Type and place, whatever the exception's own members do.</summary>
    internal static string Describe(Exception e) => $"died of {e.GetType().Name} {Place(e, static _ => false)}";

    /// <summary>The innermost frame that is not to be left out.</summary>
    private static string Place(Exception e, Func<string, bool> isLeftOut)
    {
        try
        {
            string[] frames = e.StackTrace?.Split('\n', StringSplitOptions.TrimEntries) ?? [];
            return Array.Find(frames, frame => !isLeftOut(frame)) ?? "at an unknown place";
        }
        catch (Exception)
        {
            // The property is the TA's own code; a death needs no place to be one.
            return "at a place that it does not tell";
        }
    }

    /// <summary>What the SDK throws is told by where the TA called it.</summary>
    private static bool IsOfTheSdk(string frame) => frame.StartsWith($"at {nameof(RestrictedTee)}.{nameof(Sdk)}.", StringComparison.Ordinal);
}
