namespace RestrictedTee.Sdk;

/// <summary>
/// One parameter of a call in progress, filled by the kernel. Views over it are ref structs, so no TA can keep one, or the
/// span that it hands out, beyond the call.
/// </summary>
internal struct ParameterSlot
{
    /// <summary>value.a.</summary>
    internal uint A;

    /// <summary>value.b.</summary>
    internal uint B;

    /// <summary>Where the bytes lie in this process; 0 for a null memref.</summary>
    internal nint Address;

    /// <summary>How many bytes lie there.</summary>
    internal int Capacity;

    /// <summary>The size that goes back to the caller.</summary>
    internal int Size;

    /// <summary>The memory belongs to a restricted pool.</summary>
    internal bool IsRestricted;

    /// <summary>The memory is shared with the normal world.</summary>
    internal bool IsNormal;

    /// <summary>The memory object that the kernel holds for the length of the call.</summary>
    internal object? Owner;

    /// <summary>The bytes.</summary>
    internal readonly unsafe Span<byte> Bytes => new((void*)Address, Capacity);
}
