using RestrictedTee.NormalWorld.Interop;
using RestrictedTee.NormalWorld.Uapi;

namespace RestrictedTee.NormalWorld.UserPages;

/// <summary>
/// Puts pages of a file in the place of a client's own and the other way round, through a thread of the client's that is held in a stop (ptrace). All other
/// threads stand still meanwhile, so nothing that they write is lost. One at a time.
/// </summary>
/// <remarks>
/// Linux pins the pages that a client registers. Here the secure world can only map what has a descriptor, so the pages become such. What this is not: the pages are
/// shared with a child that is forked with clone3, and have lost what madvise and mlock had set for them; and a wait with a time limit that Linux does not restart after a
/// stop (epoll_wait, sigtimedwait, sockets with SO_RCVTIMEO: signal(7)) ends with EINTR in a thread that was held.
/// </remarks>
internal sealed class PageExchange(PageTable table, Predicate<int> waits)
{
    private const int ChunkSize = 256 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan ForkPatience = TimeSpan.FromSeconds(2); // a child that comes later shares the pages; nothing tells of a fork that failed

    private readonly object _lock = new(); // one exchange at a time; held over system calls, and never over a call into the TEE
    private volatile int _forking; // a thread that is held while it forks

    /// <summary>
    /// Whoever writes a client's memory for it holds this to read, as <see cref="UserMemory"/> does: it must not do so while that is copied. Inside of it no lock is
    /// taken but this one again.
    /// </summary>
    internal ReaderWriterLockSlim Memory { get; } = new(LockRecursionPolicy.SupportsRecursion);

    /// <summary>Replaces what of a plan is the client's own.</summary>
    /// <param name="thread">A thread that waits in a system call.</param>
    /// <param name="process">Its process.</param>
    /// <param name="plan">What to replace.</param>
    /// <param name="prepare">Now that nothing moves, says whether the plan still holds, and writes what the client is to find in its memory.</param>
    /// <param name="fresh">The file for it.</param>
    /// <param name="answer">Gives the client two descriptors and ends its call: the file's, and the one that is the call's result, which can be an errno instead. Null: it takes none.</param>
    /// <returns>False when it cannot be done; then the call has not been answered.</returns>
    internal bool TryReplace(int thread, int process, PagePlan plan, Func<bool> prepare, PageFile fresh, Func<(int File, int Result)?> answer)
    {
        bool done = false;
        OnThreadOfItsOwn(() => WithMemoryLeftAlone(() => done = Replace(thread, process, plan, prepare, fresh, answer)));
        return done;
    }

    /// <summary>Gives a client pages of its own again, with the same content, wherever it has a file mapped.</summary>
    /// <returns>False when not all of them could be.</returns>
    internal bool TryRestore(PageFile file)
    {
        bool done = false;
        OnThreadOfItsOwn(() => WithMemoryLeftAlone(() => done = Restore(file)));
        return done;
    }

    /// <summary>Lets a thread fork, and gives its child pages of its own.</summary>
    /// <param name="thread">A thread that waits in a system call to fork.</param>
    /// <param name="goOn">Lets it go on.</param>
    internal void Fork(int thread, Action goOn)
    {
        if (_forking == thread)
            goOn(); // A signal came first, so the kernel makes the call again (ERESTARTNOINTR), and its outcome is waited for already.
        else
            OnThreadOfItsOwn(() => ForkHeld(thread, goOn));
    }

    private void ForkHeld(int thread, Action goOn)
    {
        Tracee? parent = Tracee.SeizeWithin(Patience, thread, Libc.PtraceTraceFork | Libc.PtraceTraceClone);
        _forking = parent is null ? 0 : thread;
        goOn();
        if (parent is null)
            return;
        try
        {
            if (!parent.WaitForEvent(Libc.PtraceEventFork, Libc.PtraceEventClone, ForkPatience, out int id))
                return;
            var child = Tracee.Inherited(id);
            if (child.WaitForStop())
                child.Inject(0, calls => MakeOwn(calls, id, table.Find));
            child.Detach();
        }
        catch (TeeDriverException)
        {
            // The child was killed meanwhile.
        }
        finally
        {
            _forking = 0;
            parent.Detach();
        }
    }

    private bool Replace(int thread, int process, PagePlan plan, Func<bool> prepare, PageFile fresh, Func<(int File, int Result)?> answer)
    {
        if (Tracee.SeizeWithin(Patience, thread) is not { } caller || !caller.Interrupt() || StoppedProcess.Stop(process, thread, waits, Patience) is not { } others)
            return false;
        try
        {
            if (!prepare())
                return false;
            PagePiece[] own = [.. plan.Pieces.Where(piece => piece.File is null)];
            var memory = new UserMemory(process);
            foreach (PagePiece piece in own)
                Copy(piece.Range.Length, (at, chunk) => memory.CopyFrom(piece.Range.Start + at, chunk), (at, chunk) => RandomAccess.Write(fresh.Memory, chunk, (long)(piece.Offset + at)));
            if (answer() is not { } given)
                return false;
            if (!caller.WaitForStop())
                return true; // killed, and its memory with it
            caller.Inject(0, calls =>
            {
                fresh.Instruction = calls.Instruction;
                long failure = Math.Min(given.Result, 0);
                foreach (PagePiece piece in own)
                    failure = failure != 0 ? failure : calls.MapShared(piece.Range, piece.Protection, given.File, piece.Offset);
                calls.Close(given.File);
                if (failure == 0 || given.Result < 0)
                    return given.Result;
                calls.Close(given.Result);
                return -(long)Errno.ENOMEM;
            });
            return true;
        }
        finally
        {
            caller.Detach();
            others.Detach();
        }
    }

    private bool Restore(PageFile file)
    {
        if (StoppedProcess.Stop(file.Process, except: 0, waits, Patience) is not { } stopped)
            return false;
        try
        {
            return stopped.Standing.FirstOrDefault() is { } thread
                && InjectedCalls.IsInstruction(file.Process, file.Instruction)
                && thread.Inject(file.Instruction, calls => MakeOwn(calls, file.Process, mapping => mapping.File == file.Identity ? file : null))
                && ProcessMap.Of(file.Process).All(mapping => mapping.File != file.Identity);
        }
        finally
        {
            stopped.Detach();
        }
    }

    private static long? MakeOwn(InjectedCalls calls, int process, Func<ProcessMapping, PageFile?> find)
    {
        var memory = new UserMemory(process);
        foreach (ProcessMapping mapping in ProcessMap.Of(process))
        {
            if (!mapping.IsShared || find(mapping) is not { } file || calls.MapPrivatePages(mapping.Range, ProcessMapping.ToCopyInto(mapping.Protection)) != 0)
                continue;
            Copy(mapping.Range.Length, (at, chunk) => _ = RandomAccess.Read(file.Memory, chunk, (long)(mapping.Offset + at)), (at, chunk) =>
            {
                if (chunk.ContainsAnyExcept((byte)0))
                    memory.CopyTo(chunk, mapping.Range.Start + at);
            });
            if (mapping.Protection != ProcessMapping.ToCopyInto(mapping.Protection))
                calls.Protect(mapping.Range, mapping.Protection);
        }

        return null;
    }

    private static void Copy(ulong length, CopyIn from, CopyOut to)
    {
        byte[] buffer = new byte[(int)Math.Min(length, ChunkSize)];
        for (ulong at = 0; at < length; at += (ulong)buffer.Length)
        {
            Span<byte> chunk = buffer.AsSpan(0, (int)Math.Min(length - at, (ulong)buffer.Length));
            from(at, chunk);
            to(at, chunk);
        }
    }

    private delegate void CopyIn(ulong at, Span<byte> chunk);

    private delegate void CopyOut(ulong at, ReadOnlySpan<byte> chunk);

    /// <summary>The kernel knows a tracer by its thread, and lets go of all that it held when that ends.</summary>
    private void OnThreadOfItsOwn(Action exchange)
    {
        System.Runtime.ExceptionServices.ExceptionDispatchInfo? failure = null;
        lock (_lock)
        {
            var thread = new Thread(Run, maxStackSize: 512 * 1024) { IsBackground = true, Name = "exchange of pages" };
            thread.Start();
            thread.Join();
        }

        failure?.Throw();

        void Run()
        {
            try
            {
                exchange();
            }
            catch (Exception e)
            {
                failure = System.Runtime.ExceptionServices.ExceptionDispatchInfo.Capture(e);
            }
        }
    }

    private void WithMemoryLeftAlone(Action exchange)
    {
        Memory.EnterWriteLock();
        try
        {
            exchange();
        }
        finally
        {
            Memory.ExitWriteLock();
        }
    }
}
