using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;
using RestrictedTee.SmcTransport.Interop;

namespace RestrictedTee.NormalWorld.Serving;

/// <summary>
/// A descriptor that is held for the moment when there is none left: given up, it lets one more client be accepted, who can be
/// told so. Without it that client would wait in the queue, and learn nothing.
/// </summary>
internal sealed class SpareDescriptor : IDisposable
{
    private SafeFileHandle? _spare = File.OpenHandle("/dev/null");

    /// <summary>Accepts a client in its place, has it told, and takes the descriptor back.</summary>
    /// <returns>False when somebody else took it in between; there is nothing to be done then but to wait.</returns>
    internal bool TryLend(Socket listener, Action<DescriptorSocket> tell)
    {
        try
        {
            if (_spare is null)
            {
                _spare = File.OpenHandle("/dev/null");
                return false;
            }

            _spare.Dispose();
            _spare = null;
            tell(DescriptorSocket.Adopt(listener.Accept()));
            _spare = File.OpenHandle("/dev/null");
            return true;
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
        {
            return false;
        }
    }

    public void Dispose() => _spare?.Dispose();
}
