using RestrictedTee.SmcTransport.Abi;

namespace RestrictedTee.SecureWorld.Kernel.Threads;

/// <summary>What goes along with an RPC in shared memory, what is expected back there, or both in one place.</summary>
internal readonly struct RpcPayload
{
    private const int Alignment = 8; // what SHM_ALLOC is asked for

    private RpcPayload(int parameter, ReadOnlyMemory<byte> input, Memory<byte> output) => (Parameter, Input, Output) = (parameter, input, output);

    /// <summary>Which parameter refers to it.</summary>
    internal int Parameter { get; }

    /// <summary>Copied out before the request.</summary>
    internal ReadOnlyMemory<byte> Input { get; }

    /// <summary>Room in private memory for what is copied in after it.</summary>
    internal Memory<byte> Output { get; }

    internal int Length => Math.Max(Input.Length, Output.Length);

    internal ulong AlignedLength => ((ulong)Length + Alignment - 1) / Alignment * Alignment;

    internal OpteeMsgAttr Attribute =>
        Output.IsEmpty ? OpteeMsgAttr.RmemInput : Input.IsEmpty ? OpteeMsgAttr.RmemOutput : OpteeMsgAttr.RmemInOut;

    /// <summary>Goes along.</summary>
    internal static RpcPayload In(int parameter, ReadOnlyMemory<byte> input) => new(parameter, input, default);

    /// <summary>Is expected back.</summary>
    internal static RpcPayload Out(int parameter, Memory<byte> output) => new(parameter, default, output);

    /// <summary>Goes along and comes back.</summary>
    internal static RpcPayload InOut(int parameter, ReadOnlyMemory<byte> input, Memory<byte> output) => new(parameter, input, output);
}
