namespace RestrictedTee.NormalWorld.Launch;

/// <summary>A TEE that did not start, or could not be connected to. The message says why and what to do.</summary>
public sealed class TeeLaunchException : Exception
{
    /// <summary>With the reason.</summary>
    public TeeLaunchException(string message)
        : base(message)
    {
    }

    /// <summary>With the reason and its cause.</summary>
    public TeeLaunchException(string message, Exception cause)
        : base(message, cause)
    {
    }
}
