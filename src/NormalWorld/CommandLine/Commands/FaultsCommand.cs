using System.CommandLine;
using System.Globalization;
using System.Runtime.InteropServices;
using RestrictedTee.CommandLine.Console;
using RestrictedTee.Contracts;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.Launch;
using Spectre.Console;

namespace RestrictedTee.CommandLine.Commands;

/// <summary><c>rtee faults</c>: the accesses to restricted memory that the firewall has refused.</summary>
internal static class FaultsCommand
{
    /// <summary>As many as the secure world keeps.</summary>
    private const int MaxEntries = 256;

    /// <summary>What the full table takes with a trusted application in it.</summary>
    private const int Columns = 150;

    private const int TimeOfDay = 12;

    internal static Command Create()
    {
        var connect = PsCommand.InstanceName();
        var command = new Command("faults", "List the accesses to restricted memory that the firewall of the TEE that 'rtee up' keeps running has refused.") { connect };
        command.SetAction(result =>
        {
            using TeeContext context = TeeContext.Connect(result.GetValue(connect) ?? RunFolder.DefaultName);
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

    internal static void Print(FaultEntry[] faults, string title = "") => Tables.Print(Tables.IsNarrowerThan(Columns) ? Short(faults) : Full(faults), title);

    /// <summary>A column for everything, which programs can cut.</summary>
    internal static Table Full(FaultEntry[] faults)
    {
        Table table = Tables.Create()
            .AddColumn("fault", c => c.RightAligned()).AddColumn("when", c => c.NoWrap()).AddColumn("bus master", c => c.NoWrap()).AddColumn("access", c => c.NoWrap())
            .AddColumn("use case", c => c.RightAligned()).AddColumn("offset", c => c.RightAligned()).AddColumn("bytes", c => c.RightAligned())
            .AddColumn("rule");
        foreach (FaultEntry fault in faults)
        {
            table.AddRow(
                $"{fault.Number}", When(fault), Markup.Escape(fault.Master.ToString()), Access(fault),
                fault.UseCase == 0 ? "-" : $"{fault.UseCase}", $"0x{fault.Offset:x}", $"{fault.Length}", Markup.Escape(fault.Rule.ToString()));
        }

        return table;
    }

    /// <summary>For terminals on which so many columns would be folded letter by letter.</summary>
    internal static Table Short(FaultEntry[] faults)
    {
        Table table = Tables.Create().AddColumn("fault", c => c.RightAligned()).AddColumn("when", c => c.NoWrap()).AddColumn("bus master, access, rule");
        foreach (FaultEntry fault in faults)
        {
            string where = fault.UseCase == 0 ? $"at 0x{fault.Offset:x}" : $"at 0x{fault.Offset:x} of use case {fault.UseCase}";
            table.AddRow(
                $"{fault.Number}", When(fault)[^TimeOfDay..],
                Markup.Escape($"{fault.Master}\n{Access(fault)} {fault.Length} bytes {where}\n{fault.Rule}"));
        }

        return table;
    }

    private static string When(FaultEntry fault) => DateTimeOffset.UnixEpoch.AddMicroseconds(fault.Time).ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture);

    private static string Access(FaultEntry fault) => fault.Rights switch { 1 => "read", 2 => "write", 3 => "read-write", _ => "none" };

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
