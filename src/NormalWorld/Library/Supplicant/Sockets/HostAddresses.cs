using System.Net;
using System.Net.Sockets;
using System.Text;
using RestrictedTee.SmcTransport.Abi;

namespace RestrictedTee.NormalWorld.Supplicant.Sockets;

/// <summary>Names of hosts.</summary>
internal static class HostAddresses
{
    /// <summary>The family that a version of IP stands for; null for a number that is none.</summary>
    internal static AddressFamily? FamilyOf(ulong ipVersion) => ipVersion switch
    {
        OpteeRpcSocket.IpVersionAny => AddressFamily.Unspecified,
        OpteeRpcSocket.IpVersion4 => AddressFamily.InterNetwork,
        OpteeRpcSocket.IpVersion6 => AddressFamily.InterNetworkV6,
        _ => null,
    };

    /// <summary>The addresses of a name, as C has it: up to the first zero, and there must be one at the end. Empty when it is none of a host.</summary>
    internal static IPAddress[] Resolve(ReadOnlySpan<byte> name, AddressFamily family)
    {
        if (name.IsEmpty || name[^1] != 0)
            return [];
        string host = Encoding.UTF8.GetString(name[..name.IndexOf((byte)0)]);
        if (host.Length == 0)
            return []; // to the framework, this machine
        // The framework looks no unspecified address up, which connects to this machine as any system call has it.
        if (IPAddress.TryParse(host, out IPAddress? address))
            return family == AddressFamily.Unspecified || address.AddressFamily == family ? [address] : [];
        try
        {
            return Dns.GetHostAddresses(host, family);
        }
        catch (Exception e) when (e is SocketException or ArgumentException)
        {
            return [];
        }
    }
}
