using RestrictedTee.NormalWorld.Shm;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Abi.Ffa;
using RestrictedTee.SmcTransport.NormalRam;

namespace RestrictedTee.NormalWorld.Device;

/// <summary>Pages of normal RAM, as the normal world sees them.</summary>
/// <remarks>
/// Disposing takes back what was sent and is still away. Pages that cannot be taken back, because a partition holds them or they
/// were a gift, are never used for anything else.
/// </remarks>
public sealed class FfaMemory : IDisposable
{
    private readonly ShmBlock _block;
    private readonly FfaUserDevice _device;
    private readonly List<MemoryHandle> _sent = [];

    internal FfaMemory(ShmBlock block, FfaUserDevice device)
    {
        _block = block;
        _device = device;
    }

    /// <summary>Where they lie.</summary>
    public PhysicalRange Range => _block.Range;

    /// <summary>Their content, as far as the normal world can see it.</summary>
    public Span<byte> Span => _block.Span;

    /// <summary>Sends them: FFA_MEM_SHARE, LEND or DONATE.</summary>
    /// <exception cref="TeeDriverException">What the SPMC answered.</exception>
    public MemoryHandle Send(uint function, FfaMemoryFlags flags, params ReadOnlySpan<FfaReceiver> receivers)
    {
        MemoryHandle handle = _device.Send(function, flags, receivers, [Range]);
        _sent.Add(handle);
        return handle;
    }

    /// <summary>Takes them back.</summary>
    /// <exception cref="TeeDriverException">What the SPMC answered.</exception>
    public void Reclaim(MemoryHandle handle) => _device.Reclaim(handle);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (MemoryHandle handle in _sent.Where(_device.IsSent))
        {
            try
            {
                _device.Reclaim(handle);
            }
            catch (TeeDriverException)
            {
                return; // they stay away, and out of use
            }
        }

        _block.Dispose();
    }
}
