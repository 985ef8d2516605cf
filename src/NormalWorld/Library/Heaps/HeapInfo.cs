using RestrictedTee.SmcTransport.Abi;
using RestrictedTee.SmcTransport.Board;

namespace RestrictedTee.NormalWorld.Heaps;

/// <summary>What a heap looks like at the moment.</summary>
/// <param name="Name">For example "protected,secure-video".</param>
/// <param name="UseCase">What it is for.</param>
/// <param name="Kind">"static" or "dynamic".</param>
/// <param name="Size">Bytes in all; of a dynamic heap that is not lent, what will be.</param>
/// <param name="Used">Bytes taken.</param>
/// <param name="LargestFree">Bytes of the largest free range.</param>
/// <param name="Buffers">Live buffers.</param>
/// <param name="Protection">"secretmem", "locked" or "anonymous"; "not lent" while a dynamic heap's memory is the normal world's.</param>
public sealed record HeapInfo(string Name, UseCase UseCase, string Kind, ulong Size, ulong Used, ulong LargestFree, int Buffers, string Protection);
