using System.Buffers.Binary;
using System.Security.Cryptography;
using RestrictedTee.Sdk;

namespace RestrictedTee.SecureWorld.Kernel.Sessions;

/// <summary>One session: a client, an instance, and what is under way between them.</summary>
internal sealed class Session
{
    private readonly object _gate = new(); // protects the cancellation fields; a leaf
    private bool _cancelled;
    private bool _masked = true;
    private uint _operation;
    private uint _pendingCancel;
    private bool _active;
    private long _deadline = long.MaxValue;

    internal Session(uint id, TaInstance instance, TeeIdentity client)
    {
        Id = id;
        Instance = instance;
        Client = client;
    }

    internal uint Id { get; }

    internal TaInstance Instance { get; }

    internal TeeIdentity Client { get; }

    internal TaSession View { get; } = new();

    /// <summary>Whether a thread is in the session. Protected by the lock of the TA manager.</summary>
    internal bool InUse { get; set; }

    /// <summary>Whether the client has asked for its end: nobody enters any more. Set under the lock of the TA manager and under this one's; either is enough to read it.</summary>
    internal bool IsClosing { get; private set; }

    /// <summary>
    /// The client wants the session closed. An operation that is in it, or about to begin, is cancelled: its client may have died
    /// in the middle of it, and nobody would be left to cancel it.
    /// </summary>
    internal void BeginClosing()
    {
        lock (_gate)
        {
            (IsClosing, _cancelled) = (true, _active);
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>
    /// Begins an operation: cancellation is masked, and requests meant for earlier operations are forgotten. Closing is an
    /// operation too, the only one that the wish to close does not cancel.
    /// </summary>
    internal void BeginOperation(uint cancelId, uint timeout, bool closes)
    {
        lock (_gate)
        {
            _active = true;
            _operation = cancelId;
            _masked = true;
            _cancelled = (IsClosing && !closes) || (cancelId != 0 && _pendingCancel == cancelId);
            _pendingCancel = 0;
            _deadline = timeout == TaClientSession.InfiniteTimeout ? long.MaxValue : Environment.TickCount64 + timeout;
        }
    }

    internal void EndOperation()
    {
        lock (_gate)
            _active = false;
    }

    /// <summary>
    /// Asks for cancellation. A request may overtake the operation that it is meant for, because it travels on a conduit of
    /// its own; it is then kept until the operation with that id begins.
    /// </summary>
    internal void RequestCancellation(uint cancelId)
    {
        lock (_gate)
        {
            if (!_active || (cancelId != 0 && cancelId != _operation))
            {
                _pendingCancel = cancelId;
                return;
            }

            _cancelled = true;
            Monitor.PulseAll(_gate);
        }
    }

    internal bool IsCancelled
    {
        get
        {
            lock (_gate)
                return IsCancelledLocked;
        }
    }

    /// <returns>Whether cancellation was masked before.</returns>
    internal bool Mask(bool mask)
    {
        lock (_gate)
        {
            bool before = _masked;
            _masked = mask;
            return before;
        }
    }

    /// <summary>Waits, or until cancelled.</summary>
    internal TeeResult Wait(uint milliseconds)
    {
        long until = Environment.TickCount64 + milliseconds;
        lock (_gate)
        {
            while (!IsCancelledLocked)
            {
                long now = Environment.TickCount64;
                if (now >= until)
                    return TeeResult.Success;
                long next = _masked ? until : Math.Min(until, _deadline);
                Monitor.Wait(_gate, (int)Math.Clamp(next - now, 1, 60_000));
            }

            return TeeResult.Cancel;
        }
    }

    private bool IsCancelledLocked => !_masked && (_cancelled || Environment.TickCount64 >= _deadline);
}

/// <summary>The sessions of one client: the normal world has one table, and each TA instance that opens sessions one of its own.</summary>
internal sealed class SessionTable
{
    private readonly Dictionary<uint, Session> _sessions = []; // protected by the lock of the TA manager
    /// <summary>How many sessions one client may hold; memory is finite and the normal world need not be kind.</summary>
    internal const int MaxSessions = 64 * 1024;

    internal bool IsFull => _sessions.Count >= MaxSessions;

    internal IReadOnlyCollection<Session> All => _sessions.Values;

    /// <summary>
    /// An id that is not in use, and that nobody guesses: the driver's own session to the owner of the pools is one of these,
    /// and a message with a wrong id should hit nothing at all.
    /// </summary>
    internal uint NewId()
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        uint id;
        do
        {
            RandomNumberGenerator.Fill(bytes);
            id = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        }
        while (id == 0 || _sessions.ContainsKey(id));
        return id;
    }

    internal void Add(Session session) => _sessions.Add(session.Id, session);

    internal Session? Find(uint id) => _sessions.GetValueOrDefault(id);

    internal void Remove(Session session) => _sessions.Remove(session.Id);
}
