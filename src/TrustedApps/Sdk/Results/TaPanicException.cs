namespace RestrictedTee.Sdk;

/// <summary>Unwinds a panicked TA. The kernel has marked the instance before this is thrown, so catching it saves nobody.</summary>
/// <param name="code">The panic code.</param>
/// <param name="function">In which function of the API, as GlobalPlatform numbers them; 0 where it is in none.</param>
/// <param name="name">That function's name.</param>
internal sealed class TaPanicException(uint code, ushort function = 0, string name = "") : Exception($"The trusted application panicked with code 0x{code:x}.")
{
    internal uint Code { get; } = code;

    /// <summary>The panic in words: the code, and where.</summary>
    internal string Words { get; } = function == 0 ? $"panicked with code 0x{code:x}" : $"panicked with code 0x{code:x} in {name} (10.0x{function:x})";
}
