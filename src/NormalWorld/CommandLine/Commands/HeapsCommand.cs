using System.CommandLine;
using RestrictedTee.CommandLine.Console;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.Heaps;
using Spectre.Console;

namespace RestrictedTee.CommandLine.Commands;

/// <summary><c>rtee heaps</c>: the protected dma-heaps and their state.</summary>
internal static class HeapsCommand
{
    internal static Command Create()
    {
        var command = new Command("heaps", "List the protected dma-heaps with kind, size, use, largest free range and protection.");
        var tee = new TeeOptions(command, canConnect: true);
        command.SetAction(result =>
        {
            using TeeSource source = tee.Open(result);
            using TeeContext context = source.OpenContext();
            var table = Tables.Create()
                .AddColumns("heap", "kind")
                .AddColumn("size", c => c.RightAligned()).AddColumn("used", c => c.RightAligned())
                .AddColumn("largest free", c => c.RightAligned()).AddColumn("buffers", c => c.RightAligned())
                .AddColumn("protection");
            foreach (HeapInfo heap in context.Heaps)
            {
                table.AddRow(
                    heap.Name, heap.Kind, Bytes(heap.Size), Bytes(heap.Used), Bytes(heap.LargestFree),
                    heap.Buffers.ToString(), heap.Protection);
            }

            Tables.Print(table);
            return ExitCodes.Success;
        });
        return command;
    }

    private static string Bytes(ulong count) => count % (1 << 20) == 0 ? $"{count >> 20} MiB" : count % 1024 == 0 ? $"{count >> 10} KiB" : $"{count} B";
}
