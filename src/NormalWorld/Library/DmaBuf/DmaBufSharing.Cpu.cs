using RestrictedTee.NormalWorld.DmaBuf.Devices;
using RestrictedTee.NormalWorld.Uapi;

namespace RestrictedTee.NormalWorld.DmaBuf;

/// <summary>What the CPU of this world may do with a buffer: with one that is restricted nothing, and the gate hears that it asked.</summary>
internal sealed partial class DmaBufSharing
{
    /// <summary>dma_buf_mmap: the bytes, which stay where they are from then on.</summary>
    /// <exception cref="TeeDriverException">EINVAL, which is what dma_buf_mmap answers for an exporter without that operation.</exception>
    internal Span<byte> MapForCpu()
    {
        lock (_lock)
        {
            RefuseCpu(Errno.EINVAL, DmaDirection.Bidirectional);
            CheckRevoked();
            memory.Provide(Devices);
            RefuseCpu(Errno.EINVAL, DmaDirection.Bidirectional);
            _cpuMapped = true;
            return memory.CpuView;
        }
    }

    /// <summary>dma_buf_begin_cpu_access (DMA_BUF_IOCTL_SYNC): waits for the devices.</summary>
    /// <exception cref="TeeDriverException">EPERM: restricted (rstmem_dma_buf_begin_cpu_access); ETIMEDOUT, or what a writer failed with.</exception>
    internal void BeginCpuAccess(DmaDirection direction, TimeSpan patience)
    {
        lock (_lock)
        {
            RefuseCpu(Errno.EPERM, direction);
            CheckRevoked();
        }

        Fences.Wait(asWriter: direction is DmaDirection.Bidirectional or DmaDirection.ToDevice, patience); // __dma_buf_begin_cpu_access
    }

    /// <summary>The gate hears that the CPU asked, whatever the answer.</summary>
    private void RefuseCpu(Errno errno, DmaDirection direction)
    {
        if (!Exporter.Restriction.IsRestricted)
            return;
        var request = new AccessRequest(Exporter, DmaDevice.Cpu, direction, memory.RestrictedCookie);
        try
        {
            Exporter.Gate.Revoke(request, Exporter.Gate.Grant(request)); // whoever may, this memory has no mapping to give
        }
        catch (TeeDriverException e) when (e.Errno == Errno.EACCES)
        {
            // As it should be.
        }

        throw new TeeDriverException(errno, $"The CPU has no way to a buffer of {Exporter.Name}.");
    }
}
