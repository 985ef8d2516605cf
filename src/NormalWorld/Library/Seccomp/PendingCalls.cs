using System.Collections.Concurrent;
using RestrictedTee.NormalWorld.Interop;
using RestrictedTee.NormalWorld.Uapi;

namespace RestrictedTee.NormalWorld.Seccomp;

/// <summary>
/// The calls that have been received and not been answered. Who makes one stands still in the kernel until then, which is what an exchange of its process' pages counts
/// on: so an answer, and what is written to the caller's memory with it, is never in the middle of one.
/// </summary>
/// <param name="listener">By which calls are answered.</param>
/// <param name="memory">Held to read by whoever writes to the memory of a client and lets it go on; to write by an exchange.</param>
internal sealed class PendingCalls(NotificationListener listener, ReaderWriterLockSlim memory)
{
    private readonly ConcurrentDictionary<int, ulong> _waiting = []; // threads of clients, with their calls

    /// <summary>Whether a thread of a client waits for an answer. It goes on waiting for as long as the lock is held to write.</summary>
    internal bool Waits(int thread) => _waiting.ContainsKey(thread);

    internal void Begin(in Libc.Notification call) => _waiting[call.Pid] = call.Id;

    /// <summary>The kernel carries it out.</summary>
    internal void Continue(in Libc.Notification call)
    {
        End(call); // what the kernel does then can write to its memory
        listener.Continue(call.Id);
    }

    /// <summary>It returns a value, or with a negative one an errno.</summary>
    internal void Answer(in Libc.Notification call, long value)
    {
        memory.EnterReadLock();
        try
        {
            listener.Answer(call.Id, value);
            End(call);
        }
        finally
        {
            memory.ExitReadLock();
        }
    }

    /// <summary>It returns what a caller of this makes it return, who has its memory to itself meanwhile. Nothing happens when it waits no more.</summary>
    /// <param name="call">The call.</param>
    /// <param name="answer">Writes to its memory, and answers it. When this throws, it has not been answered.</param>
    internal void Answer(in Libc.Notification call, Action answer)
    {
        memory.EnterReadLock();
        try
        {
            if (listener.IsValid(call.Id))
                answer();
            End(call);
        }
        finally
        {
            memory.ExitReadLock();
        }
    }

    /// <summary>From here to <see cref="EndAnswer"/> the memory of clients can be written, and calls be answered; for who cannot hand a delegate over.</summary>
    internal void BeginAnswer() => memory.EnterReadLock();

    internal void EndAnswer() => memory.ExitReadLock();

    /// <summary>It has failed.</summary>
    internal void Fail(in Libc.Notification call, TeeDriverException why) => Answer(call, -(long)why.Errno);

    /// <summary>It has been answered, or its caller has gone.</summary>
    internal void End(in Libc.Notification call) => _waiting.TryRemove(new KeyValuePair<int, ulong>(call.Pid, call.Id));
}
