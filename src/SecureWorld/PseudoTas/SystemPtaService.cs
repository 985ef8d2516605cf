using System.Buffers.Binary;
using System.Security.Cryptography;
using RestrictedTee.Contracts;
using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Crypto;
using RestrictedTee.SecureWorld.Crypto.Macs;

namespace RestrictedTee.SecureWorld.PseudoTas;

/// <summary>Entropy, keys of a device and a TA, plug-ins of the supplicant (core/pta/system.c upstream); the contract is <see cref="SystemPta"/>.</summary>
[TrustedApp(
    SystemPta.UuidText,
    Flags = TaFlags.SingleInstance | TaFlags.MultiSession | TaFlags.InstanceKeepAlive | TaFlags.Concurrent,
    Description = "system.pta")]
internal sealed class SystemPtaService(KernelServices kernel) : TrustedApp
{
    private const int UuidSize = 16;

    /// <summary>HUK_SUBKEY_UNIQUE_TA (core/include/kernel/huk_subkey.h).</summary>
    private const uint UniqueTa = 3;

    /// <summary>What others, too, may write to: the system mixes it in and counts it as nothing.</summary>
    private const string EntropyPool = "/dev/urandom";

    /// <summary>
    /// The hardware unique key: none is fused into a process, so it is the one of a platform without (core/kernel/otp_stubs.c). What is derived from it
    /// is the same on all machines, and no secret.
    /// </summary>
    private static ReadOnlySpan<byte> HardwareUniqueKey => [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];

    [OpenSession]
    public static TeeResult Open() =>
        Tee.ClientIdentity.Login == TeeIdentity.LoginTrustedApp ? TeeResult.Success : TeeResult.AccessDenied;

    [Command(SystemPta.CommandAddRngEntropy)]
    public static TeeResult AddRngEntropy(MemrefInput entropy)
    {
        if (entropy.Size == 0)
            return TeeResult.BadParameters;
        using FileStream pool = new(EntropyPool, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        pool.Write(entropy.Span);
        return TeeResult.Success;
    }

    [Command(SystemPta.CommandDeriveTaUniqueKey)]
    public static TeeResult DeriveTaUniqueKey(MemrefInput extraData, MemrefOutput key)
    {
        if (extraData.Size > SystemPta.LargestExtraData || key.Size is < SystemPta.SmallestKey or > SystemPta.LargestKey)
            return TeeResult.BadParameters;
        if (key.IsNormal)
            return TeeResult.Security;
        Span<byte> data = stackalloc byte[sizeof(uint) + UuidSize + SystemPta.LargestExtraData], derived = stackalloc byte[SystemPta.LargestKey];
        BinaryPrimitives.WriteUInt32LittleEndian(data, UniqueTa);
        Tee.ClientIdentity.Uuid.TryWriteBytes(data[sizeof(uint)..]);
        extraData.Span.CopyTo(data[(sizeof(uint) + UuidSize)..]);
        using (HashEngine mac = HmacSha256.Row.CreateEngine()!)
        {
            mac.Begin(HardwareUniqueKey);
            mac.Update(data[..(sizeof(uint) + UuidSize + extraData.Size)]);
            mac.Finish(derived);
        }

        derived[..key.Size].CopyTo(key.Span);
        CryptographicOperations.ZeroMemory(data);
        CryptographicOperations.ZeroMemory(derived);
        return TeeResult.Success;
    }

    [Command(SystemPta.CommandGetTpmEventLog)]
    public static TeeResult GetTpmEventLog(MemrefOutput log) => TeeResult.NotSupported;

    /// <summary>What the plug-in gets leaves the secure world, and what it answers comes from outside: both are copies.</summary>
    [Command(SystemPta.CommandInvokeSupplicantPlugin)]
    public TeeResult InvokeSupplicantPlugin(MemrefInput plugin, ValueInput command, MemrefInOut data, ValueOutput answer)
    {
        if (plugin.IsNull || plugin.Size != UuidSize || data is { IsNull: false, Size: 0 })
            return TeeResult.BadParameters;
        if (data.Size > SystemPta.LargestPluginData)
            return TeeResult.OutOfMemory;
        byte[] copy = data.Span.ToArray();
        TeeResult result = kernel.Rpc.InvokePlugin(new Guid(plugin.Span), command.A, command.B, copy, out uint size);
        if (result == TeeResult.Success)
            copy.AsSpan(0, (int)Math.Min(size, (uint)copy.Length)).CopyTo(data.Span);
        answer.A = size;
        return result;
    }

    /// <inheritdoc/>
    protected internal override TeeResult OtherCommand(TaSession session, uint command) => TeeResult.NotImplemented;
}
