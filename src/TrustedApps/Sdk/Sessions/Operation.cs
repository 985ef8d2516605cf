using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace RestrictedTee.Sdk;

/// <summary>One parameter of a call from one trusted application to another.</summary>
/// <remarks>Spans may come from anywhere: the TA's own memory, or a memref it was given. What the other TA sees of them, the kernel decides by where they lie.</remarks>
public ref struct TaParam
{
    internal ParameterType Type;
    internal ref byte Start;

    /// <summary>How many bytes there are; what the other TA says in <see cref="Size"/> may be more.</summary>
    internal int Capacity;

    /// <summary>value.a, in or out.</summary>
    public uint A { get; set; }

    /// <summary>value.b, in or out.</summary>
    public uint B { get; set; }

    /// <summary>The size of a memref; after the call, what the other TA set it to. An operation that is used again starts from the whole span.</summary>
    public int Size { get; internal set; }

    /// <summary>Two values in.</summary>
    public static TaParam ValueInput(uint a, uint b = 0) => new() { Type = ParameterType.ValueInput, A = a, B = b };

    /// <summary>Two values out.</summary>
    public static TaParam ValueOutput() => new() { Type = ParameterType.ValueOutput };

    /// <summary>Two values in and out.</summary>
    public static TaParam ValueInOut(uint a, uint b = 0) => new() { Type = ParameterType.ValueInOut, A = a, B = b };

    /// <summary>Memory in.</summary>
    public static TaParam Input(ReadOnlySpan<byte> bytes) =>
        new() { Type = ParameterType.MemrefInput, Start = ref MemoryMarshal.GetReference(bytes), Size = bytes.Length, Capacity = bytes.Length };

    /// <summary>Memory out.</summary>
    public static TaParam Output(Span<byte> bytes) =>
        new() { Type = ParameterType.MemrefOutput, Start = ref MemoryMarshal.GetReference(bytes), Size = bytes.Length, Capacity = bytes.Length };

    /// <summary>Memory in and out.</summary>
    public static TaParam InOut(Span<byte> bytes) =>
        new() { Type = ParameterType.MemrefInOut, Start = ref MemoryMarshal.GetReference(bytes), Size = bytes.Length, Capacity = bytes.Length };

    internal readonly bool IsMemref => Type >= ParameterType.MemrefInput;
}

/// <summary>The four parameters of a call from one trusted application to another.</summary>
public ref struct TaOperation
{
    /// <summary>Parameter 0.</summary>
    public TaParam P0;

    /// <summary>Parameter 1.</summary>
    public TaParam P1;

    /// <summary>Parameter 2.</summary>
    public TaParam P2;

    /// <summary>Parameter 3.</summary>
    public TaParam P3;

    internal readonly ParameterTypes Types => ParameterTypes.Of(P0.Type, P1.Type, P2.Type, P3.Type);
}

/// <summary>
/// A session that this TA has opened to another one (TEE_OpenTASession). Dispose it to close it; what is left open when the
/// instance ends is closed then.
/// </summary>
public sealed class TaClientSession : IDisposable
{
    private uint _id;

    internal TaClientSession(uint id) => _id = id;

    /// <summary>TEE_TIMEOUT_INFINITE.</summary>
    public const uint InfiniteTimeout = 0xFFFF_FFFF;

    /// <summary>Opens a session.</summary>
    /// <exception cref="TeeException">It did not open; the exception says why and who says so.</exception>
    public static TaClientSession Open(Guid uuid)
    {
        var operation = default(TaOperation);
        return Open(uuid, ref operation);
    }

    /// <summary>Opens a session with parameters; <paramref name="timeout"/> in milliseconds asks for cancellation after that time.</summary>
    /// <exception cref="TeeException">As above.</exception>
    public static TaClientSession Open(Guid uuid, ref TaOperation operation, uint timeout = InfiniteTimeout)
    {
        TeeResult result = TeeCore.Current.Client.Open(uuid, timeout, ref operation, out uint id, out TeeOrigin origin);
        return result == TeeResult.Success ? new TaClientSession(id) : throw new TeeException(result, origin);
    }

    /// <summary>Invokes a command and reports the outcome without throwing (TEE_InvokeTACommand).</summary>
    public TeeResult TryInvoke(uint command, ref TaOperation operation, out TeeOrigin origin, uint timeout = InfiniteTimeout) =>
        TeeCore.Current.Client.Invoke(_id, timeout, command, ref operation, out origin);

    /// <summary>Invokes a command.</summary>
    /// <exception cref="TeeException">The outcome was not success.</exception>
    public void Invoke(uint command, ref TaOperation operation, uint timeout = InfiniteTimeout)
    {
        TeeResult result = TryInvoke(command, ref operation, out TeeOrigin origin, timeout);
        if (result != TeeResult.Success)
            throw new TeeException(result, origin);
    }

    /// <summary>TEE_CloseTASession.</summary>
    public void Dispose()
    {
        uint id = Interlocked.Exchange(ref _id, 0);
        if (id != 0)
            TeeCore.Current.Client.Close(id);
    }
}
