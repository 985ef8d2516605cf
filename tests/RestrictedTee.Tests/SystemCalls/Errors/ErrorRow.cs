using RestrictedTee.Sdk;

namespace RestrictedTee.Tests.SystemCalls.Errors;

/// <summary>A way in which a function of the Internal Core API fails, and how that is told.</summary>
/// <param name="Function">The function.</param>
/// <param name="What">What is wrong.</param>
/// <param name="Wanted">How it is told, in words.</param>
/// <param name="Seen">Does it and says how it was told.</param>
internal sealed record ErrorRow(string Function, string What, string Wanted, Func<string> Seen)
{
    /// <summary>A programmer's error: the TA panics in the function, with the code of the service that failed, or BAD_PARAMETERS.</summary>
    internal static ErrorRow Panics(string function, string what, Action body, TeeResult code = TeeResult.BadParameters) =>
        new(function, what, $"panics with 0x{(uint)code:x} in {function}", () => Told(body));

    /// <summary>An error that the caller is told.</summary>
    internal static ErrorRow Refuses(string function, string what, TeeResult result, Action body) =>
        new(function, what, $"{result}", () => Told(body));

    /// <summary>A buffer that is short by one: told with the size that is needed, nothing is written, and the same again has room and succeeds.</summary>
    internal static ErrorRow Short(string function, string what, int needed, ShortCall call) => new(function, what, $"ShortBuffer, {needed} needed, nothing written, then Success", () =>
    {
        byte[] small = [.. Enumerable.Repeat((byte)0xCD, needed - 1)];
        Func<byte[], (TeeResult Result, int Size)> again = call();
        (TeeResult first, int size) = again(small);
        bool isUntouched = small.All(value => value == 0xCD);
        (TeeResult second, _) = again(new byte[needed]);
        return $"{first}, {size} needed, {(isUntouched ? "nothing" : "something")} written, then {second}";
    });

    /// <summary>How something was told.</summary>
    private static string Told(Action body)
    {
        try
        {
            body();
            return "Success";
        }
        catch (TaPanicException panic)
        {
            return panic.Words.Replace("panicked with code", "panics with", StringComparison.Ordinal).Split(" (10.")[0];
        }
        catch (TeeException refused)
        {
            return $"{refused.Result}";
        }
    }
}

/// <summary>Prepares a call that can be made again with another buffer: what it answers, and the size that it tells.</summary>
internal delegate Func<byte[], (TeeResult Result, int Size)> ShortCall();
