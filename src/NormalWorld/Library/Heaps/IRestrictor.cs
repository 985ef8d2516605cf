using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.NormalRam;

namespace RestrictedTee.NormalWorld.Heaps;

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

    /// <summary>Takes the memory away, and returns the TEE's name for the buffer; 0 when it has none.</summary>
    /// <param name="range">The memory.</param>
    /// <param name="steps">
    /// Gets what gives it back, emptied, from the moment on in which it has been taken: one that fails half-way may not be able to undo what
    /// it did. A step that throws, because the memory is in use, keeps it from whoever comes after. When the secure world has gone, it has
    /// come back already.
    /// </param>
    /// <exception cref="TeeDriverException">EINVAL, ENOMEM: refused; ENODEV.</exception>
    ulong Restrict(PhysicalRange range, ReleaseSteps steps);
}
