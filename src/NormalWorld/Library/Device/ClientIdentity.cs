using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using RestrictedTee.NormalWorld.Interop;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Abi;

namespace RestrictedTee.NormalWorld.Device;

/// <summary>
/// Who a client is, as the kernel knows it, and the client UUID that follows from it (drivers/tee/tee_core.c,
/// tee_session_calc_client_uuid): a name-based UUID (RFC 4122 version 5) of "uid=…" or "gid=…".
/// </summary>
internal sealed record ClientIdentity(int Pid, uint Uid, uint Gid, IReadOnlyList<uint> Groups)
{
    /// <summary>The name space of Linux client UUIDs.</summary>
    internal static readonly Guid LinuxNamespace = new("58ac9ca0-2086-4683-a1b8-ec4bc08e01b6");

    /// <summary>This process.</summary>
    internal static ClientIdentity Self { get; } = new(Environment.ProcessId, Libc.GetEUid(), Libc.GetEGid(), ReadGroups(Environment.ProcessId));

    /// <summary>A process at the other end of a socket.</summary>
    internal static ClientIdentity Of(int pid, uint uid, uint gid) => new(pid, uid, gid, ReadGroups(pid));

    /// <summary>The client UUID for a login.</summary>
    /// <param name="login">TEEC_LOGIN_*.</param>
    /// <param name="connectionData">For a group login, the group, in the first four octets of the client UUID that was passed in.</param>
    /// <exception cref="TeeDriverException">EPERM: a kernel login, or a group that the client is not in; EINVAL: a login that the driver does not know.</exception>
    internal Guid UuidFor(uint login, UuidBytes connectionData)
    {
        switch ((TeecLogin)login)
        {
            case TeecLogin.Public:
                return Guid.Empty;
            case TeecLogin.User:
                return Version5(LinuxNamespace, string.Create(CultureInfo.InvariantCulture, $"uid={Uid:x}"));
            case TeecLogin.Group:
                uint group = BitConverter.ToUInt32(connectionData);
                if (group != Gid && !Groups.Contains(group))
                    throw new TeeDriverException(Errno.EPERM, $"The client is not in group {group}.");
                return Version5(LinuxNamespace, string.Create(CultureInfo.InvariantCulture, $"gid={group:x}"));
            default:
                throw login is >= KernelLogin.RangeMin and <= KernelLogin.RangeMax
                    ? new TeeDriverException(Errno.EPERM, $"Login 0x{login:x} is the kernel's.")
                    : new TeeDriverException(Errno.EINVAL, $"Login 0x{login:x} is not known.");
        }
    }

    /// <summary>A name-based UUID, RFC 4122 section 4.3. SHA-1 is what the RFC prescribes; nothing secret depends on it.</summary>
    internal static Guid Version5(Guid ns, string name)
    {
        byte[] input = new byte[UuidOctets.Size + Encoding.ASCII.GetByteCount(name)];
        ns.TryWriteBytes(input, bigEndian: true, out _);
        Encoding.ASCII.GetBytes(name, input.AsSpan(UuidOctets.Size));
        Span<byte> hash = stackalloc byte[SHA1.HashSizeInBytes];
#pragma warning disable CA5350 // prescribed by RFC 4122
        SHA1.HashData(input, hash);
#pragma warning restore CA5350
        hash[6] = (byte)((hash[6] & 0x0F) | 0x50);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash[..UuidOctets.Size], bigEndian: true);
    }

    private static IReadOnlyList<uint> ReadGroups(int pid)
    {
        try
        {
            string? line = File.ReadLines($"/proc/{pid}/status").FirstOrDefault(l => l.StartsWith("Groups:", StringComparison.Ordinal));
            return line is null ? [] : [.. line["Groups:".Length..].Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries).Select(uint.Parse)];
        }
        catch (IOException)
        {
            return []; // the process has gone; its request will follow it
        }
    }
}
