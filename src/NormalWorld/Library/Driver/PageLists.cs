using System.Runtime.InteropServices;
using RestrictedTee.SmcTransport.Abi;
using RestrictedTee.SmcTransport.NormalRam;

namespace RestrictedTee.NormalWorld.Driver;

/// <summary>Writes page lists (OPTEE_MSG_ATTR_NONCONTIG): 511 addresses a page, the 512th that of the next list page.</summary>
internal static class PageLists
{
    /// <summary>Pages that so many bytes take.</summary>
    internal static int PagesOf(ulong size) => checked((int)((size + OpteeMsg.PageSize - 1) / OpteeMsg.PageSize));

    /// <summary>Pages that the list of so many pages takes.</summary>
    internal static int ListPagesOf(int pages) => (pages + OpteeMsg.PageListEntries - 1) / OpteeMsg.PageListEntries;

    /// <summary>Lists contiguous pages.</summary>
    /// <param name="list">Where the list goes.</param>
    /// <param name="listAddress">Its physical address.</param>
    /// <param name="first">The first page.</param>
    /// <param name="pages">How many.</param>
    internal static void Write(Span<byte> list, PhysicalAddress listAddress, PhysicalAddress first, int pages)
    {
        Span<ulong> entries = MemoryMarshal.Cast<byte, ulong>(list);
        for (int i = 0, slot = 0; i < pages; i++)
        {
            if (slot % (OpteeMsg.PageListEntries + 1) == OpteeMsg.PageListEntries)
            {
                entries[slot] = listAddress.Value + ((ulong)(slot + 1) * sizeof(ulong));
                slot++;
            }

            entries[slot++] = first.Value + ((ulong)i * OpteeMsg.PageSize);
        }
    }
}
