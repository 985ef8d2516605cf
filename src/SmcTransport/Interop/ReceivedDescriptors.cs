using Microsoft.Win32.SafeHandles;

namespace RestrictedTee.SmcTransport.Interop;

/// <summary>
/// The one owner of the descriptors that came with messages: what nobody has taken is closed with it, whatever became of the
/// message. (Invariant 10.)
/// </summary>
internal sealed class ReceivedDescriptors : IDisposable
{
    private readonly List<SafeFileHandle> _handles = [];

    internal int Count => _handles.Count;

    /// <summary>The first one, which stays owned here; null when there is none.</summary>
    internal SafeFileHandle? First => _handles.Count == 0 ? null : _handles[0];

    /// <summary>Hands the first one over to the caller; null when there is none.</summary>
    internal SafeFileHandle? TakeFirst()
    {
        SafeFileHandle? first = First;
        if (first is not null)
            _handles.RemoveAt(0);
        return first;
    }

    /// <summary>Hands all of them over to the caller, in the order in which they were sent.</summary>
    internal SafeFileHandle[] TakeAll()
    {
        SafeFileHandle[] all = [.. _handles];
        _handles.Clear();
        return all;
    }

    internal void Add(int fd) => _handles.Add(new SafeFileHandle(fd, ownsHandle: true));

    /// <summary>Closes what has not been taken; more can be received afterwards.</summary>
    public void Dispose()
    {
        _handles.ForEach(handle => handle.Dispose());
        _handles.Clear();
    }
}

/// <summary>How a message arrived.</summary>
/// <param name="Length">Its bytes; 0 when the peer has gone.</param>
/// <param name="IsTruncated">It was longer than the room for it.</param>
/// <param name="LostDescriptors">Descriptors of it were closed by the kernel: more than were allowed, or more than this process may have.</param>
internal readonly record struct Received(int Length, bool IsTruncated, bool LostDescriptors)
{
    internal bool IsWhole => !IsTruncated && !LostDescriptors;
}
