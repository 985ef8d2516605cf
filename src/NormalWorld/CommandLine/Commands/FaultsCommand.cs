using System.CommandLine;
using System.Globalization;
using System.Runtime.InteropServices;
using RestrictedTee.CommandLine.Console;
using RestrictedTee.Contracts;
using RestrictedTee.NormalWorld.Client;
using Spectre.Console;

namespace RestrictedTee.CommandLine.Commands;

/// <summary><c>rtee faults</c>: the accesses to restricted memory that the firewall has refused.</summary>
internal static class FaultsCommand
{
    /// <summary>As many as the secure world keeps.</summary>
    private const int MaxEntries = 256;

    internal static Command Create()
    {
        var command = new Command("faults", "List the accesses to restricted memory that the firewall of a TEE that is up has refused.");
        var tee = new TeeOptions(command, canConnect: true);
        command.SetAction(result =>
        {
            using TeeSource source = tee.Open(result);
            using TeeContext context = source.OpenContext();
            FaultEntry[] faults = Read(context, out ulong count);
            if (faults.Length == 0)
            {
                System.Console.WriteLine("No access has been refused.");
                return ExitCodes.Success;
            }

            Print(faults);
            if (count > (ulong)faults.Length)
                System.Console.WriteLine($"{count} in all; the older ones stand in the secure world's log.");
            return ExitCodes.Success;
        });
        return command;
    }

    internal static void Print(FaultEntry[] faults, string title = "")
    {
        Table table = Tables.Create()
            .AddColumn("fault", c => c.RightAligned()).AddColumn("when", c => c.NoWrap()).AddColumns("bus master", "access")
            .AddColumn("use case", c => c.RightAligned()).AddColumn("offset", c => c.RightAligned()).AddColumn("bytes", c => c.RightAligned())
            .AddColumn("rule");
        foreach (FaultEntry fault in faults)
        {
            table.AddRow(
                $"{fault.Number}", DateTimeOffset.UnixEpoch.AddMicroseconds(fault.Time).ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture),
                Markup.Escape(fault.Master.ToString()), fault.Rights switch { 1 => "read", 2 => "write", 3 => "read-write", _ => "none" },
                fault.UseCase == 0 ? "-" : $"{fault.UseCase}", $"0x{fault.Offset:x}", $"{fault.Length}", Markup.Escape(fault.Rule.ToString()));
        }

        Tables.Print(table, title);
    }

    /// <summary>The newest faults, the oldest of them first.</summary>
    internal static FaultEntry[] Read(TeeContext context, out ulong count)
    {
        byte[] bytes = new byte[MaxEntries * FaultEntry.Size];
        using TeeSession session = context.OpenSession(FaultsPta.Uuid);
        var operation = new Operation(Parameter.ValueInput(0, 0), Parameter.TempOutput(bytes), Parameter.ValueOutput());
        session.Invoke(FaultsPta.CommandRead, operation);
        count = ((ulong)operation[2].A << 32) | operation[2].B;
        return MemoryMarshal.Cast<byte, FaultEntry>(bytes.AsSpan(0, (int)operation[1].Size)).ToArray();
    }
}
