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
    private Attachment? _attached;
    private bool _closed;

    /// <summary>
    /// One supplicant, from its attachment to its detachment. A thread of it that comes late, or still waits, gets nothing of the next one's.
    /// </summary>
    internal sealed class Attachment(SupplicantQueue queue) : IDisposable
    {
        /// <summary>Whether a thread of it waits for a request; the lock of the queue protects it.</summary>
        internal bool IsReceiving { get; set; }

        /// <summary>Waits for the next request.</summary>
        /// <exception cref="TeeDriverException">EBUSY: one is waiting or working already; ENODEV: the device has gone.</exception>
        internal Pending Receive() => queue.Receive(this);

        /// <summary>Answers the request in its hands.</summary>
        /// <exception cref="TeeDriverException">EINVAL: there is none, or the parameters are not those that were received.</exception>
        internal void Send(TeecResult result, ReadOnlySpan<TeeIoctlParam> parameters) => queue.Send(this, result, parameters);

        /// <summary>Detaches: what it was asked and has not answered will not be (optee_supp_release upstream).</summary>
        public void Dispose() => queue.Detach(this);
    }

    /// <summary>A request: the function, its parameters, and for memrefs the memory itself.</summary>
    internal sealed class Pending(uint function, TeeIoctlParam[] parameters, ShmBlock?[] memory)
    {
        private readonly object _gate = new(); // protects the memory against its end; a leaf, taken inside of the queue's lock

        internal uint Function => function;

        internal TeeIoctlParam[] Parameters => parameters;

        /// <summary>The memory of each memref parameter; shared-memory ids in the parameters are the indices into it.</summary>
        internal IReadOnlyList<ShmBlock?> Memory => memory;

        /// <summary>
        /// What became of it. From then on its memory is the asker's again, who may free it: <see cref="TryWrite"/> is over by then.
        /// </summary>
        internal TeecResult? Result
        {
            get;
            set
            {
                lock (_gate)
                    field = value;
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
            if (_closed || _attached is null)
                return TeecResult.Communication;
            _queue.Enqueue(pending);
            Monitor.PulseAll(_lock);
            while (pending.Result is null)
                Monitor.Wait(_lock);
        }

        for (int i = 0; i < count; i++)
        {
            ref OpteeMsgParam param = ref message.Params[i];
            if (parameters[i].IsMemref)
                param.B = parameters[i].B;
            else
                (param.A, param.B, param.C) = (parameters[i].A, parameters[i].B, parameters[i].C);
        }

        return pending.Result.Value;
    }

    /// <summary>Attaches a supplicant; null when there is one already.</summary>
    internal Attachment? TryAttach()
    {
        lock (_lock)
            return _attached is null ? _attached = new Attachment(this) : null;
    }

    /// <summary>The secure world has gone.</summary>
    internal void Close()
    {
        lock (_lock)
        {
            _closed = true;
            Abort();
        }
    }

    private void Detach(Attachment attachment)
    {
        lock (_lock)
        {
            if (_attached != attachment)
                return;
            _attached = null;
            Abort();
        }
    }

    /// <summary>Answers everything with COMMUNICATION, so that whoever comes next starts clean.</summary>
    private void Abort()
    {
        foreach (Pending pending in _queue)
            pending.Result = TeecResult.Communication;
        _queue.Clear();
        if (_inHand is not null)
            _inHand.Result = TeecResult.Communication;
        _inHand = null;
        Monitor.PulseAll(_lock);
    }

    private Pending Receive(Attachment attachment)
    {
        lock (_lock)
        {
            if (attachment.IsReceiving || (_inHand is not null && _attached == attachment))
                throw new TeeDriverException(Errno.EBUSY, "A request is in the supplicant's hands already.");
            attachment.IsReceiving = true;
            try
            {
                while (!_closed && _attached == attachment)
                {
                    if (_queue.TryDequeue(out _inHand))
                        return _inHand;
                    Monitor.Wait(_lock);
                }

                throw new TeeDriverException(Errno.ENODEV, "The device has gone.");
            }
            finally
            {
                attachment.IsReceiving = false;
            }
        }
    }

    private void Send(Attachment attachment, TeecResult result, ReadOnlySpan<TeeIoctlParam> parameters)
    {
        lock (_lock)
        {
            if (_attached != attachment || _inHand is not { } pending)
                throw new TeeDriverException(Errno.EINVAL, "No request was received.");
            if (parameters.Length != pending.Parameters.Length)
                throw new TeeDriverException(Errno.EINVAL, $"The request has {pending.Parameters.Length} parameters, the answer {parameters.Length}.");
            pending.Answer(result, parameters);
            _inHand = null;
            Monitor.PulseAll(_lock);
        }
    }
}
