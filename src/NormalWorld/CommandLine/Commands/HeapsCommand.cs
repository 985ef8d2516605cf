using System.CommandLine;
using RestrictedTee.CommandLine.Console;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.DmaBuf;
using RestrictedTee.NormalWorld.Heaps;
using Spectre.Console;

namespace RestrictedTee.CommandLine.Commands;

/// <summary><c>rtee heaps</c>: the dma-heaps and their state.</summary>
internal static class HeapsCommand
{
    internal static Command Create()
    {
        var command = new Command("heaps", "List the dma-heaps: kind, size, use and peak, largest free range, and how they are kept from the CPU.");
        var tee = new TeeOptions(command, canConnect: true);
        command.SetAction(result =>
        {
            using TeeSource source = tee.Open(result);
            using TeeContext context = source.OpenContext();
            var table = Tables.Create()
                .AddColumns("heap", "kind")
                .AddColumn("size", c => c.RightAligned()).AddColumn("used", c => c.RightAligned())
                .AddColumn("peak", c => c.RightAligned()).AddColumn("limit", c => c.RightAligned())
                .AddColumn("largest free", c => c.RightAligned()).AddColumn("buffers", c => c.RightAligned())
                .AddColumns("protection", "restricted");
            foreach (HeapInfo heap in context.Heaps)
            {
                table.AddRow(
                    heap.Name, heap.Kind, Bytes(heap.Size), Bytes(heap.Used), Bytes(heap.Peak), heap.Limit is { } limit ? Bytes(limit) : "none",
                    Bytes(heap.LargestFree), heap.Buffers.ToString(), heap.Protection, Restriction(heap));
            }

            Tables.Print(table);
            return ExitCodes.Success;
        });
        return command;
    }

    private static string Restriction(HeapInfo heap)
    {
        string how = heap.Restriction switch
        {
            RestrictionKind.None => "no",
            RestrictionKind.NoCpuMapping => "no CPU mapping",
            RestrictionKind.MappingWithoutAccess => "mapping without access",
            RestrictionKind.NamedDevices => "named devices only",
            _ => throw new InvalidOperationException($"{heap.Restriction} has no words."),
        };
        return heap.RestrictedBy.Length == 0 ? how : $"{how}, by {heap.RestrictedBy}";
    }

    private static string Bytes(ulong count) => count % (1 << 20) == 0 ? $"{count >> 20} MiB" : count % 1024 == 0 ? $"{count >> 10} KiB" : $"{count} B";
}
