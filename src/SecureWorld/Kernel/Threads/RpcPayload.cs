using RestrictedTee.SmcTransport.Abi;

namespace RestrictedTee.SecureWorld.Kernel.Threads;

/// <summary>What goes along with an RPC in shared memory, what is expected back there, or both in one place.</summary>
internal readonly struct RpcPayload
{
    private const int Alignment = 8; // what SHM_ALLOC is asked for

    private RpcPayload(int parameter, OpteeMsgAttr attribute, ReadOnlyMemory<byte> input, Memory<byte> output) =>
        (Parameter, Attribute, Input, Output) = (parameter, attribute, input, output);

    /// <summary>Which parameter refers to it.</summary>
    internal int Parameter { get; }

    /// <summary>Copied out before the request.</summary>
    internal ReadOnlyMemory<byte> Input { get; }

    /// <summary>Room in private memory for what is copied in after it.</summary>
    internal Memory<byte> Output { get; }

    internal int Length => Math.Max(Input.Length, Output.Length);

    /// <summary>What it takes up: something, also of no bytes, since it lies somewhere.</summary>
    internal ulong AlignedLength => (ulong)(Math.Max(Length, 1) + Alignment - 1) / Alignment * Alignment;

    internal OpteeMsgAttr Attribute { get; }

    /// <summary>Whether the answer may be larger than its room: what there was no room for is lost, and its size tells of it.</summary>
    internal bool IsCut { get; private init; }

    /// <summary>Goes along.</summary>
    internal static RpcPayload In(int parameter, ReadOnlyMemory<byte> input) => new(parameter, OpteeMsgAttr.RmemInput, input, default);

    /// <summary>Is expected back.</summary>
    internal static RpcPayload Out(int parameter, Memory<byte> output) => new(parameter, OpteeMsgAttr.RmemOutput, default, output);

    /// <summary>Is expected back, and may be cut.</summary>
    internal static RpcPayload OutCut(int parameter, Memory<byte> output) => new(parameter, OpteeMsgAttr.RmemOutput, default, output) { IsCut = true };

    /// <summary>Goes along and comes back.</summary>
    internal static RpcPayload InOut(int parameter, ReadOnlyMemory<byte> input, Memory<byte> output) => new(parameter, OpteeMsgAttr.RmemInOut, input, output);
}
