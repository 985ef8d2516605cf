using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.NormalRam;

namespace RestrictedTee.NormalWorld.Heaps;

/// <summary>Memory that has been restricted.</summary>
/// <param name="Cookie">The TEE's name for the buffer; 0 when it has none.</param>
/// <param name="Name">What the restrictor knows it by.</param>
internal readonly record struct RestrictedRange(ulong Cookie, ulong Name);

/// <summary>
/// The second step of a heap: takes ordinary memory away from the normal world, and gives it back. On a vendor's platform an SMC of
/// its own (restricted_heap_ops.restrict and unrestrict of 2024).
/// </summary>
internal interface IRestrictor
{
    /// <summary>Who does it, for the query.</summary>
    string By { get; }

    /// <summary>What the address of a range must be a multiple of.</summary>
    /// <exception cref="TeeDriverException">ENODEV, EINVAL: the secure world says nothing that makes sense.</exception>
    ulong Alignment { get; }

    /// <summary>How much must be restricted for a buffer of that size.</summary>
    /// <exception cref="TeeDriverException">As <see cref="Alignment"/>.</exception>
    ulong SizeFor(ulong size);

    /// <summary>Takes the memory away.</summary>
    /// <exception cref="TeeDriverException">EINVAL, ENOMEM: refused; ENODEV.</exception>
    RestrictedRange Restrict(PhysicalRange range);

    /// <summary>Gives it back, emptied. When the secure world has gone, it has come back already.</summary>
    /// <exception cref="TeeDriverException">EBUSY: it is in use, and stays restricted.</exception>
    void Unrestrict(RestrictedRange range);
}
