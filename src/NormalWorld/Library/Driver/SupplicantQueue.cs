using RestrictedTee.NormalWorld.Shm;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Abi;

namespace RestrictedTee.NormalWorld.Driver;

/// <summary>
/// Requests on their way to the supplicant and back (drivers/tee/optee/supp.c upstream). One supplicant, one request in its
/// hands at a time.
/// </summary>
internal sealed class SupplicantQueue
{
    private readonly object _lock = new(); // protects everything below; not held while the supplicant works
    private readonly Queue<Pending> _queue = new();
    private Pending? _inHand;
    private bool _attached;
    private bool _receiving;
    private bool _closed;

    /// <summary>A request: the function, its parameters, and for memrefs the memory itself.</summary>
    internal sealed class Pending(uint function, TeeIoctlParam[] parameters, ShmBlock?[] memory)
    {
        internal uint Function => function;

        internal TeeIoctlParam[] Parameters => parameters;

        /// <summary>The memory of each memref parameter; shared-memory ids in the parameters are the indices into it.</summary>
        internal IReadOnlyList<ShmBlock?> Memory => memory;

        internal TeecResult? Result { get; set; }
    }

    /// <summary>Driver: hands a request over and waits for the answer. Without a supplicant the answer is COMMUNICATION.</summary>
    internal TeecResult Request(ref OpteeMessage message, Func<ulong, ShmBlock?> findBlock)
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
            if (type >= (uint)OpteeMsgAttr.RmemInput && !isNull)
            {
                memory[i] = findBlock(param.C);
                if (memory[i] is not { } block || param.A > (ulong)block.Size || param.B > (ulong)block.Size - param.A)
                    return TeecResult.BadParameters;
            }

            parameters[i] = new TeeIoctlParam
            {
                Attr = type,
                A = isNull ? 0 : param.A,
                B = param.B,
                C = type < (uint)OpteeMsgAttr.RmemInput ? param.C : isNull ? TeeIoctl.MemrefNull : (ulong)i,
            };
        }

        var pending = new Pending(message.Arg.Command, parameters, memory);
        lock (_lock)
        {
            if (_closed || !_attached)
                return TeecResult.Communication;
            _queue.Enqueue(pending);
            Monitor.PulseAll(_lock);
            while (pending.Result is null && !_closed && _attached)
                Monitor.Wait(_lock);
        }

        if (pending.Result is not { } result)
            return TeecResult.Communication;
        for (int i = 0; i < count; i++)
        {
            ref OpteeMsgParam param = ref message.Params[i];
            if (parameters[i].IsMemref)
                param.B = parameters[i].B;
            else
                (param.A, param.B, param.C) = (parameters[i].A, parameters[i].B, parameters[i].C);
        }

        return result;
    }

    internal bool TryAttach()
    {
        lock (_lock)
        {
            if (_attached)
                return false;
            return _attached = true;
        }
    }

    internal void Detach()
    {
        lock (_lock)
        {
            _attached = false;
            _inHand = null;
            Monitor.PulseAll(_lock);
        }
    }

    /// <summary>Supplicant: waits for the next request.</summary>
    /// <exception cref="TeeDriverException">EBUSY: one is waiting or working already; ENODEV: the device has gone.</exception>
    internal Pending Receive()
    {
        lock (_lock)
        {
            if (_receiving || _inHand is not null)
                throw new TeeDriverException(Errno.EBUSY, "A request is in the supplicant's hands already.");
            _receiving = true;
            try
            {
                while (_queue.Count == 0)
                {
                    if (_closed || !_attached)
                        throw new TeeDriverException(Errno.ENODEV, "The device has gone.");
                    Monitor.Wait(_lock);
                }

                return _inHand = _queue.Dequeue();
            }
            finally
            {
                _receiving = false;
            }
        }
    }

    /// <summary>Supplicant: answers the request in its hands.</summary>
    /// <exception cref="TeeDriverException">EINVAL: there is none, or the parameters are not those that were received.</exception>
    internal void Send(TeecResult result, ReadOnlySpan<TeeIoctlParam> parameters)
    {
        lock (_lock)
        {
            if (_inHand is not { } pending)
                throw new TeeDriverException(Errno.EINVAL, "No request was received.");
            if (parameters.Length != pending.Parameters.Length)
                throw new TeeDriverException(Errno.EINVAL, $"The request has {pending.Parameters.Length} parameters, the answer {parameters.Length}.");
            parameters.CopyTo(pending.Parameters);
            pending.Result = result;
            _inHand = null;
            Monitor.PulseAll(_lock);
        }
    }

    internal void Close()
    {
        lock (_lock)
        {
            _closed = true;
            Monitor.PulseAll(_lock);
        }
    }
}
