using System.Collections.Concurrent;
using RestrictedTee.NormalWorld.Uapi;

namespace RestrictedTee.NormalWorld.DeviceNodes;

/// <summary>How long the calls of one open file last: a thread that has made a short one most often makes another.</summary>
internal sealed class CallPace
{
    private static readonly TimeSpan Short = TimeSpan.FromMicroseconds(150); // to wake a thread for it would cost about as much
    private readonly ConcurrentDictionary<(int Thread, uint Request), bool> _last = [];

    /// <summary>Whether this one is likely to be short.</summary>
    internal bool IsShort(int thread, uint request) => _last.GetValueOrDefault((thread, request));

    /// <summary>How long it was.</summary>
    internal void Note(int thread, uint request, TimeSpan time)
    {
        // A receive waits for whoever has something to be done, and a registration waits for threads of its process.
        if (request != TeeIoctl.SupplRecv && request != TeeIoctl.ShmRegister)
            _last[(thread, request)] = time < Short;
    }
}
