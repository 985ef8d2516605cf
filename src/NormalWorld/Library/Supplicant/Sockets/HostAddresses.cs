using System.Net;
using System.Net.Sockets;
using System.Text;
using RestrictedTee.NormalWorld.Driver;
using RestrictedTee.SmcTransport.Abi;
using Serilog;

namespace RestrictedTee.NormalWorld.Supplicant.Sockets;

/// <summary>
/// Names of hosts. Nothing ends a look-up before the system does, which may take as long as a server far away likes, so each has a thread of its own,
/// which whoever has asked may leave behind. There are so many of them at once, and no client has all.
/// </summary>
/// <param name="lookUp">Asks the system.</param>
internal sealed class HostAddresses(Func<string, AddressFamily, IPAddress[]> lookUp)
{
    /// <summary>How many look-ups there may be, with those that were left behind.</summary>
    internal const int Limit = 32;

    private readonly FairShares _shares = new(Limit);

    internal HostAddresses()
        : this(Dns.GetHostAddresses)
    {
    }

    /// <summary>The family that a version of IP stands for; null for a number that is none.</summary>
    internal static AddressFamily? FamilyOf(ulong ipVersion) => ipVersion switch
    {
        OpteeRpcSocket.IpVersionAny => AddressFamily.Unspecified,
        OpteeRpcSocket.IpVersion4 => AddressFamily.InterNetwork,
        OpteeRpcSocket.IpVersion6 => AddressFamily.InterNetworkV6,
        _ => null,
    };

    /// <summary>The addresses of a name, as C has it: up to the first zero, and there must be one at the end. Empty when it is none of a host.</summary>
    /// <param name="client">Who asks.</param>
    /// <param name="name">The name.</param>
    /// <param name="family">Of which they are to be.</param>
    /// <returns>They, when they are known; null when the client has its share of look-ups under way, or the system has no thread to give.</returns>
    internal Task<IPAddress[]?> Find(int client, ReadOnlySpan<byte> name, AddressFamily family)
    {
        if (name.IsEmpty || name[^1] != 0)
            return Task.FromResult<IPAddress[]?>([]);
        string host = Encoding.UTF8.GetString(name[..name.IndexOf((byte)0)]);
        if (host.Length == 0)
            return Task.FromResult<IPAddress[]?>([]); // to the framework, this machine
        // The framework looks no unspecified address up, which connects to this machine as any system call has it.
        if (IPAddress.TryParse(host, out IPAddress? address))
            return Task.FromResult<IPAddress[]?>(family == AddressFamily.Unspecified || address.AddressFamily == family ? [address] : []);
        return _shares.TryTake(client) ? LookUp(client, host, family) : Task.FromResult<IPAddress[]?>(null);
    }

    private Task<IPAddress[]?> LookUp(int client, string host, AddressFamily family)
    {
        var found = new TaskCompletionSource<IPAddress[]?>(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            new Thread(() => LookUp(client, host, family, found), maxStackSize: 512 * 1024) { IsBackground = true, Name = "tee-supplicant name" }.Start();
            return found.Task;
        }
        catch (Exception e) when (e is OutOfMemoryException or ThreadStartException)
        {
            _shares.GiveBack(client);
            return Task.FromResult<IPAddress[]?>(null);
        }
    }

    /// <summary>The thread's border.</summary>
    private void LookUp(int client, string host, AddressFamily family, TaskCompletionSource<IPAddress[]?> found)
    {
        IPAddress[] addresses = [];
        try
        {
            addresses = lookUp(host, family);
        }
        catch (Exception e)
        {
            // None of a host, for most of them; an exception that nobody catches would end the process.
            if (e is not (SocketException or ArgumentException))
                Log.Warning("Supplicant: a look-up failed: {Type}: {Reason}", e.GetType().Name, e.Message);
        }
        finally
        {
            _shares.GiveBack(client);
            found.SetResult(addresses);
        }
    }
}
