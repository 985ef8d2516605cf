using RestrictedTee.NormalWorld.DmaBuf.Devices;
using RestrictedTee.SmcTransport.Board;

namespace RestrictedTee.NormalWorld.DmaBuf;

/// <summary>What a dma-buf tells of itself to whoever holds it (fdinfo of its descriptor), before anything is attached.</summary>
/// <param name="HeapName">Who made it.</param>
/// <param name="UseCase">What it is for; 0 when for nothing in particular.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Restriction">How it is kept from the CPU.</param>
/// <param name="RestrictedBy">By whom.</param>
/// <param name="Offers">What may become of it while it is mapped: a compositor that wants none revocable sees it here.</param>
/// <param name="IsRevoked">Whether it is taken away at the moment.</param>
/// <param name="Attachments">Devices that are attached.</param>
public sealed record DmaBufInfo(
    string HeapName, UseCase UseCase, ulong Size, RestrictionKind Restriction, string RestrictedBy, Placements Offers, bool IsRevoked, int Attachments);
