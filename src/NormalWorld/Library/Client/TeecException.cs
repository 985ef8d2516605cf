using RestrictedTee.NormalWorld.Uapi;

namespace RestrictedTee.NormalWorld.Client;

/// <summary>A request to the TEE that did not succeed: the one exception type of the client API.</summary>
public sealed class TeecException : Exception
{
    /// <summary>With result and origin.</summary>
    public TeecException(TeecResult result, TeecOrigin origin, string what)
        : base($"{what}: {Describe(result)} from {origin}.")
    {
        Result = result;
        Origin = origin;
    }

    /// <summary>With result and origin, caused by a driver call.</summary>
    public TeecException(TeecResult result, TeecOrigin origin, string what, Exception cause)
        : base($"{what}: {Describe(result)} from {origin}: {cause.Message}", cause)
    {
        Result = result;
        Origin = origin;
    }

    /// <summary>The code.</summary>
    public TeecResult Result { get; }

    /// <summary>The layer that it comes from.</summary>
    public TeecOrigin Origin { get; }

    private static string Describe(TeecResult result) =>
        Enum.IsDefined(result) ? $"{result} (0x{(uint)result:x8})" : $"0x{(uint)result:x8}";
}
