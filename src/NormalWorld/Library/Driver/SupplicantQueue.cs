using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Abi;

namespace RestrictedTee.NormalWorld.Driver;

/// <summary>
/// Requests on their way to the supplicant and back (drivers/tee/optee/supp.c upstream). One supplicant, which works on one request at a
/// time or, when it says that it can, on several that it names by ids.
/// </summary>
/// <param name="isExternal">
/// The supplicant is a program of its own: it gives the memory of requests itself, and a request waits while there is none. Else it is part
/// of this process, and without it the answer is COMMUNICATION.
/// </param>
internal sealed class SupplicantQueue(bool isExternal = false)
{
    private readonly object _lock = new(); // protects everything below; not held while the supplicant works
    private readonly List<SupplicantRequest> _queue = [];
    private readonly Dictionary<int, SupplicantRequest> _inHand = []; // by their ids; 0 for the one of a supplicant that works on one at a time
    private readonly HashSet<int> _abandoned = []; // threads whose clients have gone
    private Attachment? _attached;
    private int _lastId;
    private bool _closed;

    /// <summary>
    /// One supplicant, from its attachment to its detachment. A thread of it that comes late, or still waits, gets nothing of the next one's.
    /// </summary>
    internal sealed class Attachment(SupplicantQueue queue, Func<ulong, ISupplicantMemory?> findMemory) : IDisposable
    {
        /// <summary>Waits for the next request.</summary>
        /// <param name="room">How many parameters it takes.</param>
        /// <param name="byId">Whether it may have several requests in its hands, each with an id.</param>
        /// <exception cref="TeeDriverException">EINVAL: one is in its hands already, or has more parameters, and stays in the queue; ENODEV: the device has gone.</exception>
        internal SupplicantRequest Receive(int room = int.MaxValue, bool byId = false) => queue.Receive(this, room, byId);

        /// <summary>Answers a request in its hands.</summary>
        /// <exception cref="TeeDriverException">EINVAL: there is none, or the parameters are not those that were received; ENOENT: there is none of that id.</exception>
        internal void Send(TeecResult result, ReadOnlySpan<TeeIoctlParam> parameters, int id = 0) => queue.Send(this, result, parameters, id);

        /// <summary>Its shared memory of an id, with a reference taken; null when it has none.</summary>
        internal ISupplicantMemory? FindMemory(ulong id) => findMemory(id);

        /// <summary>Detaches: what it was asked and has not answered will not be (optee_supp_release upstream).</summary>
        public void Dispose() => queue.Detach(this);
    }

    internal bool IsExternal => isExternal;

    /// <summary>The supplicant that there is.</summary>
    internal Attachment? Attached
    {
        get
        {
            lock (_lock)
                return _attached;
        }
    }

    /// <summary>Driver: hands a request over and waits for the answer.</summary>
    internal TeecResult Request(ref OpteeMessage message, Func<ulong, RpcMemory?> find, Attachment? only = null)
    {
        if (SupplicantRequest.From(message, find) is not { } request)
            return TeecResult.BadParameters;
        lock (_lock)
        {
            if (_closed || (_attached is null && !isExternal) || (only is not null && _attached != only) || _abandoned.Contains(request.Asker))
                return TeecResult.Communication;
            _queue.Add(request);
            Monitor.PulseAll(_lock);
            while (request.Result is null)
                Monitor.Wait(_lock);
        }

        request.WriteTo(ref message);
        return request.Result.Value;
    }

    /// <summary>Attaches a supplicant; null when there is one already.</summary>
    /// <param name="findMemory">Finds its shared memory by id.</param>
    internal Attachment? TryAttach(Func<ulong, ISupplicantMemory?>? findMemory = null)
    {
        lock (_lock)
            return _attached is null ? _attached = new Attachment(this, findMemory ?? (_ => null)) : null;
    }

    /// <summary>
    /// The client for whom a thread calls has gone: what that thread asks, or has asked, is answered with COMMUNICATION
    /// (wait_for_completion_killable upstream), until <see cref="Ended"/>.
    /// </summary>
    internal void Abandon(int thread)
    {
        lock (_lock)
        {
            _abandoned.Add(thread);
            Abort(request => request.Asker == thread);
        }
    }

    /// <summary>The thread's call has ended.</summary>
    internal void Ended(int thread)
    {
        lock (_lock)
            _abandoned.Remove(thread);
    }

    /// <summary>The secure world has gone.</summary>
    internal void Close()
    {
        lock (_lock)
        {
            _closed = true;
            Abort(_ => true);
        }
    }

    private void Detach(Attachment attachment)
    {
        lock (_lock)
        {
            if (_attached != attachment)
                return;
            _attached = null;
            Abort(_ => true); // so that whoever comes next starts clean
        }
    }

    private void Abort(Predicate<SupplicantRequest> which)
    {
        foreach (SupplicantRequest request in _queue.Concat(_inHand.Values).Where(request => which(request)).ToArray())
        {
            _queue.Remove(request);
            if (_inHand.GetValueOrDefault(request.Id) == request)
                _inHand.Remove(request.Id);
            request.Result = TeecResult.Communication;
        }

        Monitor.PulseAll(_lock);
    }

    /// <summary>As optee_supp_recv does it, with supp_pop_entry.</summary>
    private SupplicantRequest Receive(Attachment attachment, int room, bool byId)
    {
        lock (_lock)
        {
            while (!_closed && _attached == attachment)
            {
                if (_inHand.ContainsKey(0))
                    throw new TeeDriverException(Errno.EINVAL, "A request is in the supplicant's hands already.");
                if (_queue.Count > 0)
                    return Pop(room, byId);
                Monitor.Wait(_lock);
            }

            throw new TeeDriverException(Errno.ENODEV, "The device has gone.");
        }
    }

    private SupplicantRequest Pop(int room, bool byId)
    {
        SupplicantRequest request = _queue[0];
        if (request.Parameters.Length > room)
            throw new TeeDriverException(Errno.EINVAL, $"The request has {request.Parameters.Length} parameters, there is room for {room}.");
        _queue.RemoveAt(0);
        if (byId)
        {
            do
                _lastId = _lastId == int.MaxValue ? 1 : _lastId + 1;
            while (_inHand.ContainsKey(_lastId));
            request.Id = _lastId;
        }

        _inHand.Add(request.Id, request);
        return request;
    }

    /// <summary>As optee_supp_send does it, with supp_pop_req.</summary>
    private void Send(Attachment attachment, TeecResult result, ReadOnlySpan<TeeIoctlParam> parameters, int id)
    {
        lock (_lock)
        {
            if (_attached != attachment || !_inHand.TryGetValue(id, out SupplicantRequest? request))
                throw new TeeDriverException(id == 0 ? Errno.EINVAL : Errno.ENOENT, "No request was received, or it has been given up.");
            if (parameters.Length != request.Parameters.Length)
                throw new TeeDriverException(Errno.EINVAL, $"The request has {request.Parameters.Length} parameters, the answer {parameters.Length}.");
            request.Answer(result, parameters);
            _inHand.Remove(id);
            Monitor.PulseAll(_lock);
        }
    }
}
