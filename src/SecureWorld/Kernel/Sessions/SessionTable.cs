using System.Buffers.Binary;
using RestrictedTee.SecureWorld.Interop;

namespace RestrictedTee.SecureWorld.Kernel.Sessions;

/// <summary>The sessions of one client: the normal world has one table, and each TA instance that opens sessions one of its own.</summary>
/// <param name="limit">How many sessions the client may hold; memory is finite and clients need not be kind.</param>
internal sealed class SessionTable(int limit)
{
    /// <summary>What the normal world may hold. Each may be an instance, of 3 KiB of a managed heap of 192 MiB; the driver shares them among its clients.</summary>
    internal const int NormalWorldLimit = 16 * 1024;

    private readonly Dictionary<uint, Session> _sessions = []; // protected by the kernel's lock

    internal bool IsFull => _sessions.Count >= limit;

    /// <summary>What is on its way to a session.</summary>
    internal OperationList Opening { get; } = new();

    /// <summary>A copy, taken when no call of the client can be under way.</summary>
    internal uint[] Ids => [.. _sessions.Keys];

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
            KernelRandom.Fill(bytes);
            id = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        }
        while (id == 0 || _sessions.ContainsKey(id));
        return id;
    }

    internal void Add(Session session) => _sessions.Add(session.Id, session);

    internal Session? Find(uint id) => _sessions.GetValueOrDefault(id);

    internal void Remove(Session session) => _sessions.Remove(session.Id);
}
