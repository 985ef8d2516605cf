using System.Buffers;
using System.Runtime.InteropServices;
using RestrictedTee.SecureWorld.MemorySharing;
using RestrictedTee.SmcTransport.Abi;
using RestrictedTee.SmcTransport.NormalRam;

namespace RestrictedTee.SecureWorld.Kernel.Memory;

/// <summary>
/// Reads the page list of a non-contiguous buffer (OPTEE_MSG_ATTR_NONCONTIG). Each list page is copied once and then looked at;
/// what the normal world changes afterwards changes nothing.
/// </summary>
internal static class PageList
{
    /// <summary>The largest buffer that becomes one span.</summary>
    internal const ulong MaxSize = 1UL << 30;

    /// <summary>Makes shared memory of a page list; null when the list, or a page on it, is not acceptable.</summary>
    /// <param name="relayer">Who says which memory may be used.</param>
    /// <param name="pointer">buf_ptr: the list's address with the offset into the first page in its low 12 bits.</param>
    /// <param name="size">Bytes of the buffer.</param>
    /// <param name="cookie">Its cookie.</param>
    internal static SharedMemory? Read(MemoryRelayer relayer, ulong pointer, ulong size, ulong cookie)
    {
        uint firstOffset = (uint)(pointer % OpteeMsg.PageSize);
        if (size is 0 or > MaxSize)
            return null;
        int count = (int)((firstOffset + size + OpteeMsg.PageSize - 1) / OpteeMsg.PageSize);
        ulong[] pages = ArrayPool<ulong>.Shared.Rent(count);
        try
        {
            Span<ulong> wanted = pages.AsSpan(0, count);
            return TryCopy(relayer, pointer - firstOffset, wanted) ? SharedMemory.FromPages(relayer, wanted, firstOffset, size, cookie) : null;
        }
        finally
        {
            ArrayPool<ulong>.Shared.Return(pages);
        }
    }

    private static bool TryCopy(MemoryRelayer relayer, ulong list, Span<ulong> pages)
    {
        Span<ulong> listPage = stackalloc ulong[OpteeMsg.PageListEntries + 1];
        while (!pages.IsEmpty)
        {
            if (!CopyIn.TryCopy(relayer, new PhysicalAddress(list), MemoryMarshal.AsBytes(listPage)))
                return false;
            int count = Math.Min(pages.Length, OpteeMsg.PageListEntries);
            for (int i = 0; i < count; i++)
            {
                if (listPage[i] % OpteeMsg.PageSize != 0)
                    return false;
                pages[i] = listPage[i];
            }

            pages = pages[count..];
            list = listPage[OpteeMsg.PageListEntries];
        }

        return true;
    }
}

/// <summary>Copies out of normal RAM into private memory, or back: the only way in which messages are read and answered.</summary>
internal static class CopyIn
{
    internal static bool TryCopy(MemoryRelayer relayer, PhysicalAddress from, Span<byte> to)
    {
        if (!PhysicalRange.TryCreate(from, (ulong)to.Length, out PhysicalRange range) || !relayer.Uses.TryUse(range, out MemoryLease lease))
            return false;
        using (lease)
            lease.Span.CopyTo(to);
        return true;
    }
}
