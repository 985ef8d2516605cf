namespace RestrictedTee.Sdk;

/// <summary>
/// One parameter of a call in progress, filled by the kernel. Views over it are ref structs, so no TA can keep one, or the
/// span that it hands out, beyond the call.
/// </summary>
internal struct ParameterSlot
{
    /// <summary>Which of the four.</summary>
    internal int Index;

    /// <summary>value.a.</summary>
    internal uint A;

    /// <summary>value.b.</summary>
    internal uint B;

    /// <summary>Where the bytes lie in this process.</summary>
    internal nint Address;

    /// <summary>How many bytes lie there.</summary>
    internal int Capacity;

    /// <summary>The size that goes back to the caller.</summary>
    internal int Size;

    /// <summary>It is a null memref, which is not the same as one of size 0.</summary>
    internal bool IsNull;

    /// <summary>The memory belongs to a restricted pool.</summary>
    internal bool IsRestricted;

    /// <summary>The memory is shared with the normal world.</summary>
    internal bool IsNormal;

    /// <summary>The bytes.</summary>
    internal readonly unsafe Span<byte> Bytes => Address == 0 ? default : new((void*)Address, Capacity);
}
