namespace RestrictedTee.SecureWorld.MemorySharing;

/// <summary>
/// Physical memory as spans of this process. The one place where an address of the relayer becomes memory; whoever asks holds
/// what keeps it mapped (a use, a hold, or the relayer's lock) for as long as the span is used.
/// </summary>
internal static unsafe class PhysicalView
{
    internal static Span<byte> At(nint address, int length) => new((void*)address, length);
}
