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
    /// <summary>Columns of numbers.</summary>
    private static readonly string[] Numbers = ["size", "used", "peak", "limit", "largest free", "buffers"];

    internal static Command Create()
    {
        var command = new Command("heaps", "List the dma-heaps: kind, size, use, peak and limit, how they are kept from the CPU and by whom, and which clients have most.");
        var pipeline = new Option<string?>("--for") { Description = "Only the heaps that all of these devices can work on; the names of the board, with commas (rtee board)", HelpName = "DEVICE,DEVICE" };
        command.Options.Add(pipeline);
        var tee = new TeeOptions(command, canConnect: true);
        command.SetAction(result =>
        {
            using TeeSource source = tee.Open(result);
            using TeeContext context = source.OpenContext();
            if (result.GetValue(pipeline) is { } devices)
            {
                IReadOnlyList<HeapInfo> heaps = context.Heaps;
                return PrintShared(heaps, PipelineHeaps.DevicesIn(devices, heaps));
            }

            Print(context.Heaps, Tables.Print);
            return ExitCodes.Success;
        });
        return command;
    }

    /// <summary>The heaps that all of the devices share, and why the others are none.</summary>
    private static int PrintShared(IReadOnlyList<HeapInfo> heaps, IReadOnlyList<string> devices)
    {
        IReadOnlyList<HeapInfo> shared = PipelineHeaps.SharedBy(heaps, devices);
        if (shared.Count != 0)
            Print(shared, Tables.Print);
        Table others = Tables.Create().AddColumns("not", "because");
        foreach (HeapInfo heap in heaps.Except(shared))
            others.AddRow(heap.Name, string.Join("; ", PipelineHeaps.FindProblems(heap, devices)));
        if (others.Rows.Count != 0)
            Tables.Print(others);
        if (shared.Count != 0)
            return ExitCodes.Success;
        System.Console.Error.WriteLine($"rtee: no heap is shared by {string.Join(", ", devices)}.");
        return ExitCodes.Failed;
    }

    /// <summary>The heaps, and below them the clients that have most of any.</summary>
    internal static void Print(IReadOnlyList<HeapInfo> heaps, Action<Table, string> print)
    {
        Table table = Tables.Create().AddColumns("heap", "kind");
        foreach (string number in Numbers)
            table.AddColumn(number, c => c.RightAligned());
        table.AddColumns("protection", "restricted");
        foreach (HeapInfo heap in heaps)
        {
            table.AddRow(
                heap.Name, heap.Kind, Bytes(heap.Size), Bytes(heap.Used), Bytes(heap.Peak), Limits(heap),
                Bytes(heap.LargestFree), heap.Buffers.ToString(), heap.Protection, Restriction(heap));
        }

        print(table, "");
        if (!heaps.Any(heap => heap.Clients.Count != 0))
            return;
        Table clients = Tables.Create().AddColumn("heap").AddColumn("process", c => c.RightAligned())
            .AddColumn("used", c => c.RightAligned()).AddColumn("peak", c => c.RightAligned()).AddColumn("limit", c => c.RightAligned());
        foreach (HeapInfo heap in heaps)
        {
            foreach (HeapClientUsage client in heap.Clients)
                clients.AddRow(heap.Name, client.Pid.ToString(), Bytes(client.Usage.Used), Bytes(client.Usage.Peak), client.Usage.Limit is { } limit ? Bytes(limit) : "none");
        }

        print(clients, "[bold]who has most[/]");
    }

    private static string Limits(HeapInfo heap) => (heap.Limit, heap.ClientLimit) switch
    {
        ({ } all, { } each) => $"{Bytes(all)}, {Bytes(each)} each",
        ({ } all, null) => Bytes(all),
        (null, { } each) => $"{Bytes(each)} each",
        _ => "none",
    };

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
