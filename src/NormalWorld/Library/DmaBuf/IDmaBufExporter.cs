using Microsoft.Win32.SafeHandles;
using RestrictedTee.NormalWorld.DmaBuf.Devices;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Board;

namespace RestrictedTee.NormalWorld.DmaBuf;

/// <summary>Who makes dma-bufs, and what is true of all of them.</summary>
internal interface IDmaBufExporter
{
    /// <summary>The heap's name (exp_name).</summary>
    string Name { get; }

    /// <summary>What its buffers are for; 0 when for nothing in particular.</summary>
    UseCase UseCase { get; }

    /// <summary>What may become of them while they are mapped.</summary>
    Placements Offers { get; }

    /// <summary>Who is kept away from them, and by whom.</summary>
    Restriction Restriction { get; }

    /// <summary>Who is asked before a device gets at one.</summary>
    IAccessGate Gate { get; }
}

/// <summary>
/// The memory of one dma-buf (struct dma_buf_ops). What changes it is called under the lock of the buffer's <see cref="DmaBufSharing"/>.
/// </summary>
internal interface IDmaBufMemory
{
    /// <summary>Who made it. Of memory that is allocated when it is first needed this changes then.</summary>
    IDmaBufExporter Exporter { get; }

    /// <summary>The cookie by which the TEE knows it; the TEE is told of memory that it does not know yet. Memory has been provided.</summary>
    /// <exception cref="TeeDriverException">EINVAL, ENOMEM, ENODEV.</exception>
    ulong Cookie { get; }

    /// <summary>The same, when the TEE knows it already; else 0.</summary>
    ulong KnownCookie { get; }

    /// <summary>The TEE's name of it as a restricted buffer, which devices are let to by the TEE alone; 0 for memory that is none.</summary>
    ulong RestrictedCookie { get; }

    /// <summary>Whether these devices, all attached, can work on it.</summary>
    /// <exception cref="TeeDriverException">As <see cref="Attachability"/>.</exception>
    void Check(IReadOnlyList<DmaDevice> devices);

    /// <summary>Where it lies; it is allocated now if it was not.</summary>
    /// <exception cref="TeeDriverException">ENOMEM, ENODEV.</exception>
    IReadOnlyList<MemoryRange> Provide(IReadOnlyList<DmaDevice> devices);

    /// <summary>The bytes, for the CPU; empty when it has no way to them.</summary>
    Span<byte> CpuView { get; }

    /// <summary>The file that a process which has no driver maps it by; null for memory that has none of its own.</summary>
    SafeFileHandle? File => null;

    /// <summary>Puts it somewhere else, with its content, where the devices that are attached can reach it too.</summary>
    /// <exception cref="TeeDriverException">ENOMEM; EBUSY: where there is room they cannot. It lies where it lay then.</exception>
    void Move(IReadOnlyList<DmaDevice> devices);

    /// <summary>The last reference has gone. Does not fail.</summary>
    void Release();
}
