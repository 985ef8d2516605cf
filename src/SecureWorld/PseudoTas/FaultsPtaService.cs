using System.Runtime.InteropServices;
using RestrictedTee.Contracts;
using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Firewall;

namespace RestrictedTee.SecureWorld.PseudoTas;

/// <summary>Tells the faults of the firewall; the contract is <see cref="FaultsPta"/>.</summary>
[TrustedApp(
    FaultsPta.UuidText,
    Flags = TaFlags.SingleInstance | TaFlags.MultiSession | TaFlags.InstanceKeepAlive | TaFlags.Concurrent,
    Description = "faults.pta")]
internal sealed class FaultsPtaService(KernelServices kernel) : TrustedApp
{
    [Command(FaultsPta.CommandRead)]
    public void Read(ValueInput known, MemrefOutput entries, ValueOutput count)
    {
        long seen = (long)Math.Min(((ulong)known.A << 32) | known.B, long.MaxValue);
        IReadOnlyList<FaultRecord> faults = kernel.Firewall.Faults.NewestAfter(seen, out long first);
        int told = Math.Min(faults.Count, entries.Size / FaultEntry.Size);
        for (int i = 0; i < told; i++)
        {
            FaultEntry entry = EntryOf(faults[i], first + i);
            MemoryMarshal.AsBytes(new ReadOnlySpan<FaultEntry>(in entry)).CopyTo(entries.Span[(i * FaultEntry.Size)..]);
        }

        entries.Size = told * FaultEntry.Size;
        ulong total = (ulong)(first + faults.Count - 1);
        (count.A, count.B) = ((uint)(total >> 32), unchecked((uint)total));
    }

    private static FaultEntry EntryOf(in FaultRecord fault, long number) => new()
    {
        Number = (ulong)number,
        Time = (ulong)(fault.Time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond,
        Offset = fault.Offset,
        Length = (uint)Math.Clamp(fault.Length, 0, uint.MaxValue),
        UseCase = fault.UseCase.Number,
        Rights = (uint)fault.Rights,
        Master = FaultText.From(fault.Master.ToString()),
        Rule = FaultText.From(fault.Reason),
    };
}
