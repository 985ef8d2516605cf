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

    /// <summary>Bytes of ranges, of which all but the last are whole pages.</summary>
    internal static ulong LengthOf(ReadOnlySpan<PhysicalRange> ranges)
    {
        ulong length = 0;
        foreach (PhysicalRange range in ranges)
            length += range.Length;
        return length;
    }

    /// <summary>Lists pages.</summary>
    /// <param name="list">Where the list goes.</param>
    /// <param name="listAddress">Its physical address.</param>
    /// <param name="ranges">What the pages make up.</param>
    internal static void Write(Span<byte> list, PhysicalAddress listAddress, params ReadOnlySpan<PhysicalRange> ranges)
    {
        Span<ulong> entries = MemoryMarshal.Cast<byte, ulong>(list);
        int slot = 0;
        foreach (PhysicalRange range in ranges)
        {
            for (ulong page = 0; page < range.Length; page += OpteeMsg.PageSize)
            {
                if (slot % (OpteeMsg.PageListEntries + 1) == OpteeMsg.PageListEntries)
                {
                    entries[slot] = listAddress.Value + ((ulong)(slot + 1) * sizeof(ulong));
                    slot++;
                }

                entries[slot++] = range.Start.Value + page;
            }
        }
    }
}
