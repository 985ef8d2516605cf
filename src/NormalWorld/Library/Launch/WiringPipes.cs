using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using RestrictedTee.NormalWorld.Driver;
using RestrictedTee.SmcTransport.Board;
using RestrictedTee.SmcTransport.Conduits;
using RestrictedTee.SmcTransport.Interop;

namespace RestrictedTee.NormalWorld.Launch;

/// <summary>The pipes between two worlds while they are made: both ends are owned here until one is handed over and the other taken.</summary>
internal sealed class WiringPipes : IDisposable
{
    private readonly List<IConduit> _conduits = [];
    private readonly List<SafeFileHandle> _theirs = [];
    private PipeEnd? _notificationLine;

    /// <summary>The secure world's ends, in the order in which they go over the boot line.</summary>
    internal IReadOnlyList<SafeHandle> Theirs => _theirs;

    internal void AddConduit()
    {
        (SafeFileHandle secureIn, SafeFileHandle normalOut) = PipeEnd.CreatePipe();
        _theirs.Add(secureIn);
        var output = new PipeEnd(normalOut);
        try
        {
            (SafeFileHandle normalIn, SafeFileHandle secureOut) = PipeEnd.CreatePipe();
            _theirs.Add(secureOut);
            _conduits.Add(new PipeConduit(new PipeEnd(normalIn), output, isAnswered: true));
        }
        catch
        {
            output.Dispose();
            throw;
        }
    }

    internal void AddNotificationLine()
    {
        (SafeFileHandle read, SafeFileHandle write) = PipeEnd.CreatePipe();
        _theirs.Add(write);
        _notificationLine = new PipeEnd(read);
    }

    internal void CloseTheirs()
    {
        _theirs.ForEach(handle => handle.Dispose());
        _theirs.Clear();
    }

    /// <summary>Hands over this world's ends; the last conduit is the one for fast calls.</summary>
    internal DriverWiring TakeOurs(ConduitAbi abi)
    {
        var wiring = new DriverWiring(abi, [.. _conduits[..^1]], _conduits[^1], _notificationLine);
        _conduits.Clear();
        _notificationLine = null;
        return wiring;
    }

    public void Dispose()
    {
        CloseTheirs();
        _conduits.ForEach(conduit => conduit.Dispose());
        _notificationLine?.Dispose();
    }
}
