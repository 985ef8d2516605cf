using System.Collections.Concurrent;
using RestrictedTee.NormalWorld.Client;

namespace RestrictedTee.LibTeec.Contexts;

/// <summary>
/// What is behind a TEEC_Context: sessions and shared memory by their ids, since the program's structures hold numbers only, which it may copy,
/// forget or make up.
/// </summary>
internal sealed class ClientContext(TeeContext tee)
{
    private readonly ConcurrentDictionary<uint, TeeSession> _sessions = new();
    private readonly ConcurrentDictionary<int, SharedMemory> _memory = new();
    private volatile bool _isFinal;

    internal TeeContext Tee => tee;

    /// <summary>Nothing of it is left that the program could give back.</summary>
    internal bool IsOver => _isFinal && _memory.IsEmpty;

    internal void Add(TeeSession session) => _sessions[session.Id] = session;

    internal void Add(SharedMemory memory) => _memory[memory.Id] = memory;

    internal TeeSession? FindSession(uint id) => _sessions.TryGetValue(id, out TeeSession? session) ? session : null;

    internal SharedMemory? FindMemory(int id) => _memory.TryGetValue(id, out SharedMemory? memory) ? memory : null;

    internal void CloseSession(uint id)
    {
        if (_sessions.TryRemove(id, out TeeSession? session))
            session.Dispose();
    }

    /// <summary>Takes memory out, whose id may be another's as soon as it is released.</summary>
    internal SharedMemory? TakeMemory(int id) => _memory.TryRemove(id, out SharedMemory? memory) ? memory : null;

    /// <summary>TEEC_FinalizeContext. The program may still look at its shared memory, and release it afterwards.</summary>
    internal void Close()
    {
        _isFinal = true;
        tee.Dispose();
        _sessions.Clear();
    }
}
