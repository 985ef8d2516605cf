using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.NormalRam;

namespace RestrictedTee.NormalWorld.UserPages;

/// <summary>A part of what is to be registered.</summary>
/// <param name="Range">Its addresses.</param>
/// <param name="Protection">PROT_*.</param>
/// <param name="File">The file that is mapped there already; null while it is the client's own memory.</param>
/// <param name="Offset">Where in that file, or in the one that is to be.</param>
internal readonly record struct PagePiece(UserRange Range, int Protection, PageFile? File, ulong Offset);

/// <summary>What lies at addresses that a client wants to register: its own pages, which others are to replace, and such as have done so before.</summary>
internal sealed class PagePlan
{
    private readonly List<PagePiece> _pieces = [];

    /// <summary>By rising addresses.</summary>
    internal IReadOnlyList<PagePiece> Pieces => _pieces;

    /// <summary>How much is to be replaced.</summary>
    internal ulong OwnBytes { get; private set; }

    /// <summary>The files that are there already.</summary>
    internal IEnumerable<PageFile> Files => _pieces.Select(piece => piece.File).OfType<PageFile>().Distinct();

    /// <summary>Looks at what a process has mapped.</summary>
    /// <param name="map">What it has mapped.</param>
    /// <param name="range">Which part of it.</param>
    /// <param name="find">The file that has replaced pages before, by a mapping of it.</param>
    /// <returns>Null when it is shared with others already, by a file that is the client's, or is where the stack grows.</returns>
    /// <exception cref="TeeDriverException">EFAULT: a page is not mapped, or not to be written (pin_user_pages with FOLL_WRITE).</exception>
    internal static PagePlan? Make(IEnumerable<ProcessMapping> map, UserRange range, Func<ProcessMapping, PageFile?> find)
    {
        var plan = new PagePlan();
        ulong at = range.Start;
        foreach (ProcessMapping mapping in map)
        {
            if (range.Intersect(mapping.Range.Start, mapping.Range.End) is not { } part)
                continue;
            if (part.Start != at || !mapping.IsWritable)
                break;
            at = part.End;
            if (!mapping.IsShared && !(mapping.IsGrowingStack && part.Start == mapping.Range.Start))
                plan.AddOwn(part, mapping.Protection);
            else if (mapping.IsShared && find(mapping) is { } file)
                plan._pieces.Add(new PagePiece(part, mapping.Protection, file, mapping.Offset + (part.Start - mapping.Range.Start)));
            else
                return null;
        }

        return at == range.End ? plan : throw new TeeDriverException(Errno.EFAULT, $"Not all of 0x{range.Start:x} to 0x{range.End:x} is memory that can be written.");
    }

    /// <summary>The physical ranges, with a file for what is to be replaced.</summary>
    internal PhysicalRange[] RangesWith(PageFile? fresh) =>
        [.. _pieces.Select(piece => PhysicalRange.Create((piece.File ?? fresh!).Range.Start + piece.Offset, piece.Range.Length))];

    internal bool Equals(PagePlan? other) => other is not null && _pieces.SequenceEqual(other._pieces);

    private void AddOwn(UserRange part, int protection)
    {
        _pieces.Add(new PagePiece(part, protection, null, OwnBytes));
        OwnBytes += part.Length;
    }
}
