using RestrictedTee.SecureWorld.Kernel.Memory;

namespace RestrictedTee.SecureWorld.Kernel.Calls;

/// <summary>
/// Memory of a TA that it lends to the TA it calls, pinned for the length of that call. Neither the normal world's nor restricted.
/// </summary>
internal sealed class PrivateMemory(nint address, int length) : PlainMemory
{
    internal override ulong Cookie => 0;

    internal override ulong Size => (ulong)length;

    internal override nint Address { get; } = address;

    protected override void OnLastReference()
    {
        // The calling TA's own, which outlives the call.
    }
}
