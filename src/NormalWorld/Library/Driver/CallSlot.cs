using RestrictedTee.SmcTransport.Abi;
using RestrictedTee.SmcTransport.Conduits;
using RestrictedTee.SmcTransport.NormalRam;

namespace RestrictedTee.NormalWorld.Driver;

/// <summary>
/// A conduit with the page of reserved shm in which its messages lie: the argument, and behind it the RPC argument.
/// </summary>
internal sealed class CallSlot(IConduit conduit, int number, RamBank bank, PhysicalAddress address)
{
    internal IConduit Conduit => conduit;

    /// <summary>The conduit's number: which CPU it is.</summary>
    internal int Number => number;

    internal PhysicalAddress Address => address;

    internal Span<byte> Page => bank.GetSpan(address.Value - bank.Range.Start.Value, OpteeMsg.PageSize);

    /// <summary>When the call in progress began. Protected by the lock of the pool, as are the two below.</summary>
    internal long RentedAt { get; set; }

    /// <summary>When the conduit last changed hands to a caller that had waited for it.</summary>
    internal long TurnBegan { get; set; }

    /// <summary>The call in progress has turned out to be no short one.</summary>
    internal bool IsLong { get; set; }
}
