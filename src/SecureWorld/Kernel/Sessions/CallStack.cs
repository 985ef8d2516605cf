using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Kernel.Calls;
using RestrictedTee.SecureWorld.Kernel.Objects;
using RestrictedTee.SecureWorld.Kernel.Threads;

namespace RestrictedTee.SecureWorld.Kernel.Sessions;

/// <summary>A call that a TEE thread is carrying out, or is about to: in which session, with which parameters.</summary>
internal sealed class CallFrame
{
    /// <summary>Filled before the call is entered. The same object for every call at this depth.</summary>
    internal CallParameters Parameters { get; } = new();

    /// <summary>For the request that the parameters belong to; entry points without parameters bring one of their own.</summary>
    internal Operation Request { get; } = new();

    internal Session? Session { get; set; }

    internal Operation? Operation { get; set; }

    /// <summary>What the instance that is called has by handles.</summary>
    internal HandleTable Objects => Session!.Instance.Resources.Objects;
}

/// <summary>The TAs that one TEE thread is in, innermost last.</summary>
internal sealed class CallStack
{
    /// <summary>How deep TAs may open and invoke one another. Closing goes deeper: it must not fail.</summary>
    internal const int MaxDepth = 16;

    /// <summary>
    /// gpd.ta.stackSize: what each TA of a thread may use when all of <see cref="MaxDepth"/> are on it. One that uses more gets
    /// it from those that are not there; a call for which nothing is left is refused with OUT_OF_MEMORY.
    /// </summary>
    internal const int StackPerTa = 256 << 10;

    [ThreadStatic]
    private static CallStack? s_current;

    private readonly List<CallFrame> _frames = [];
    private int _depth;

    /// <summary>That of the TEE thread that runs on the calling OS thread.</summary>
    /// <exception cref="InvalidOperationException">The caller is not a TEE thread: a TA used the SDK from a thread of its own making.</exception>
    internal static CallStack Current => s_current ??= For(TeeThread.Current);

    internal bool CanEnter => _depth < MaxDepth;

    /// <summary>What the TA is carrying out that makes a call now; null for the normal world's own calls.</summary>
    internal Operation? CurrentOperation => _depth > 0 ? _frames[_depth - 1].Operation : null;

    /// <summary>The call that is being carried out.</summary>
    /// <exception cref="InvalidOperationException">None is.</exception>
    internal CallFrame Top => _depth > 0 ? _frames[_depth - 1] : throw new InvalidOperationException("No session is being served on this thread.");

    /// <summary>The call of the trusted application that has made the one which is being carried out; null when the normal world has.</summary>
    internal CallFrame? Caller => _depth > 1 ? _frames[_depth - 2] : null;

    /// <summary>
    /// Whether a session on this thread is wanted closed while a call runs in it: whoever the call is for has gone, and what waits for somebody outside,
    /// masked or not, is to wait no longer. Not while the very close runs, which may do what it likes.
    /// </summary>
    internal bool IsForNobody
    {
        get
        {
            for (int i = 0; i < _depth; i++)
            {
                if (_frames[i] is { Session.IsClosing: true, Operation.Closes: false })
                    return true;
            }

            return false;
        }
    }

    /// <summary>The frame of a call that is to be made from the present depth.</summary>
    internal CallFrame Next
    {
        get
        {
            if (_depth == _frames.Count)
                _frames.Add(new CallFrame());
            return _frames[_depth];
        }
    }

    /// <summary>Whether a single-instance TA is already on this thread: then waiting for another could deadlock.</summary>
    internal bool HoldsSingleInstance
    {
        get
        {
            for (int i = 0; i < _depth; i++)
            {
                if (_frames[i].Session!.Instance.Manifest.Has(TaFlags.SingleInstance))
                    return true;
            }

            return false;
        }
    }

    internal void Push(Session session, Operation operation)
    {
        CallFrame frame = Next;
        (frame.Session, frame.Operation) = (session, operation);
        _depth++;
    }

    internal void Pop()
    {
        CallFrame frame = _frames[--_depth];
        (frame.Session, frame.Operation) = (null, null);
    }

    private static CallStack For(TeeThread thread)
    {
        ArgumentNullException.ThrowIfNull(thread);
        return new CallStack();
    }
}
