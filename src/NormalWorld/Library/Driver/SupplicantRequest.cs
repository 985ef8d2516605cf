using RestrictedTee.NormalWorld.Shm;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Abi;

namespace RestrictedTee.NormalWorld.Driver;

/// <summary>A request to the supplicant: the function, its parameters, and for memrefs the memory itself.</summary>
internal sealed class SupplicantRequest(uint function, TeeIoctlParam[] parameters, ShmBlock?[] memory)
{
    private readonly object _gate = new(); // protects the memory against its end; a leaf, taken inside of the queue's lock

    internal uint Function => function;

    internal TeeIoctlParam[] Parameters => parameters;

    /// <summary>The memory of each memref parameter. Shared-memory ids in the parameters are the indices into it, unless a loan has one of the supplicant's.</summary>
    internal IReadOnlyList<ShmBlock?> Memory => memory;

    /// <summary>By which a supplicant that works on several names it; 0 while it works on one at a time, or has not got it.</summary>
    internal int Id { get; set; }

    /// <summary>The managed thread that waits for the answer.</summary>
    internal int Asker { get; } = Environment.CurrentManagedThreadId;

    /// <summary>The process for which the TEE asks; 0 when that is the driver.</summary>
    internal int Client { get; } = CallingClient.Pid;

    /// <summary>
    /// What became of it. From then on its memory is the asker's again, who may free it: <see cref="TryWrite"/> is over by then.
    /// </summary>
    internal TeecResult? Result
    {
        get
        {
            lock (_gate)
                return field;
        }

        set
        {
            lock (_gate)
                field = value;
        }
    }

    /// <summary>Copies the memory of a parameter; none where that is null, and null when nobody waits for the answer any more.</summary>
    internal byte[]? TryRead(int parameter)
    {
        lock (_gate)
        {
            if (Result is not null)
                return null;
            return memory[parameter] is { } block ? block.Span.Slice((int)parameters[parameter].A, (int)parameters[parameter].B).ToArray() : [];
        }
    }

    /// <summary>Whether nobody waits for the answer any more: its client has been killed, the supplicant was detached, or the secure world has gone.</summary>
    internal bool IsGivenUp => Result is not null;

    /// <summary>Reads the memory of a parameter from its beginning, as much as is wanted of what it has.</summary>
    /// <returns>False when there is none, or less, or nobody waits for the answer any more.</returns>
    internal bool TryRead(int parameter, Span<byte> content)
    {
        lock (_gate)
        {
            if (Result is not null || memory[parameter] is not { } block || parameters[parameter].B < (ulong)content.Length)
                return false;
            block.Span.Slice((int)parameters[parameter].A, content.Length).CopyTo(content);
            return true;
        }
    }

    /// <summary>Writes into the memory of a parameter, of which the caller knows that it has room.</summary>
    /// <returns>False when nobody waits for the answer any more: the supplicant was detached, or the secure world has gone.</returns>
    internal bool TryWrite(int parameter, ReadOnlySpan<byte> content)
    {
        lock (_gate)
        {
            if (Result is not null)
                return false;
            content.CopyTo(memory[parameter]!.Span[(int)parameters[parameter].A..]);
            return true;
        }
    }

    /// <summary>Takes the results out of an answer; the rest of it is the asker's (optee_supp_send upstream).</summary>
    internal void Answer(TeecResult result, ReadOnlySpan<TeeIoctlParam> answer)
    {
        for (int i = 0; i < parameters.Length; i++)
        {
            ref TeeIoctlParam param = ref parameters[i];
            if ((OpteeMsgAttr)param.Type is OpteeMsgAttr.ValueOutput or OpteeMsgAttr.ValueInOut)
                (param.A, param.B, param.C) = (answer[i].A, answer[i].B, answer[i].C);
            else if ((OpteeMsgAttr)param.Type is OpteeMsgAttr.RmemOutput or OpteeMsgAttr.RmemInOut)
                param.B = answer[i].B;
        }

        Result = result;
    }

    /// <summary>Makes one of a message.</summary>
    /// <returns>Null when a memref names memory that the TEE was not given.</returns>
    internal static SupplicantRequest? From(in OpteeMessage message, Func<ulong, RpcMemory?> find)
    {
        int count = (int)message.Arg.ParameterCount;
        var parameters = new TeeIoctlParam[count];
        var memory = new ShmBlock?[count];
        for (int i = 0; i < count; i++)
        {
            OpteeMsgParam param = message.Params[i];
            // A null memref is a temporary one at address 0 over SMC, and one of the invalid id over FF-A.
            bool isNull = param.Type >= OpteeMsgAttr.TmemInput ? param.A == 0
                : param.Type >= OpteeMsgAttr.RmemInput && param.C == OpteeMsg.FmemInvalidGlobalId;
            uint type = (uint)param.Type;
            if (param.Type >= OpteeMsgAttr.TmemInput)
                type -= OpteeMsgAttr.TmemInput - OpteeMsgAttr.RmemInput;
            bool isMemref = type >= (uint)OpteeMsgAttr.RmemInput;
            RpcMemory? found = isMemref && !isNull ? find(param.C) : null;
            if (isMemref && !isNull && (found is null || param.A > (ulong)found.Block.Size || param.B > (ulong)found.Block.Size - param.A))
                return null;
            memory[i] = found?.Block;
            parameters[i] = new TeeIoctlParam
            {
                Attr = type,
                A = isNull ? 0 : param.A,
                B = param.B,
                C = !isMemref ? param.C : isNull ? TeeIoctl.MemrefNull : (ulong)(found!.Loan?.Memory.Id ?? i),
            };
        }

        return new SupplicantRequest(message.Arg.Command, parameters, memory);
    }

    /// <summary>Gives the message the results.</summary>
    internal void WriteTo(ref OpteeMessage message)
    {
        for (int i = 0; i < parameters.Length; i++)
        {
            ref OpteeMsgParam param = ref message.Params[i];
            if (parameters[i].IsMemref)
                param.B = parameters[i].B;
            else
                (param.A, param.B, param.C) = (parameters[i].A, parameters[i].B, parameters[i].C);
        }
    }
}
