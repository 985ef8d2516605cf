namespace RestrictedTee.Sdk;

/// <summary>Unwinds a panicked TA. The kernel has marked the instance before this is thrown, so catching it saves nobody.</summary>
internal sealed class TaPanicException(uint code) : Exception($"The trusted application panicked with code 0x{code:x}.")
{
    internal uint Code { get; } = code;
}
