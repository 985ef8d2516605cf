using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using RestrictedTee.SmcTransport.Abi;

namespace RestrictedTee.NormalWorld.Uapi;

/// <summary>struct tee_ioctl_buf_data.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct TeeIoctlBufData
{
    /// <summary>Address of the argument.</summary>
    public ulong BufPtr;

    /// <summary>Its bytes.</summary>
    public ulong BufLen;
}

/// <summary>struct tee_ioctl_param.</summary>
[StructLayout(LayoutKind.Sequential)]
public record struct TeeIoctlParam
{
    /// <summary>TEE_IOCTL_PARAM_ATTR_TYPE_* in its low 8 bits.</summary>
    public ulong Attr;

    /// <summary>Value, or offset into shared memory.</summary>
    public ulong A;

    /// <summary>Value, or size.</summary>
    public ulong B;

    /// <summary>Value, or shared-memory identifier.</summary>
    public ulong C;

    /// <summary>The type; the numbers are those of <see cref="OpteeMsgAttr"/> without the temporary ones.</summary>
    public readonly uint Type => (uint)(Attr & 0xFF);

    /// <summary>Whether it is a memref.</summary>
    public readonly bool IsMemref => Type is >= 5 and <= 7;
}

/// <summary>struct tee_ioctl_open_session_arg, without its parameters.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
public struct TeeIoctlOpenSessionArg
{
    /// <summary>In: UUID of the TA, in RFC 4122 octets.</summary>
    public UuidBytes Uuid;

    /// <summary>In: UUID of the client; made by the driver for the logins that it knows.</summary>
    public UuidBytes ClientUuid;

    /// <summary>In: login class.</summary>
    public uint ClientLogin;

    /// <summary>In: cancellation id.</summary>
    public uint CancelId;

    /// <summary>Out: session.</summary>
    public uint Session;

    /// <summary>Out: TEE_Result.</summary>
    public uint Ret;

    /// <summary>Out: origin.</summary>
    public uint RetOrigin;

    /// <summary>In: number of parameters that follow.</summary>
    public uint NumParams;
}

/// <summary>struct tee_ioctl_invoke_arg, without its parameters.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct TeeIoctlInvokeArg
{
    /// <summary>In: the TA's command.</summary>
    public uint Func;

    /// <summary>In: session.</summary>
    public uint Session;

    /// <summary>In: cancellation id.</summary>
    public uint CancelId;

    /// <summary>Out: TEE_Result.</summary>
    public uint Ret;

    /// <summary>Out: origin.</summary>
    public uint RetOrigin;

    /// <summary>In: number of parameters that follow.</summary>
    public uint NumParams;
}

/// <summary>struct tee_ioctl_cancel_arg.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct TeeIoctlCancelArg
{
    /// <summary>In: cancellation id.</summary>
    public uint CancelId;

    /// <summary>In: session.</summary>
    public uint Session;
}

/// <summary>struct tee_iocl_supp_recv_arg and tee_iocl_supp_send_arg, without their parameters.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct TeeIoctlSupplicantArg
{
    /// <summary>Receiving: the function (OPTEE_RPC_CMD_*). Sending: the TEE_Result.</summary>
    public uint FuncOrRet;

    /// <summary>Number of parameters: in the room for them, out how many there are.</summary>
    public uint NumParams;
}

/// <summary>Sixteen octets of a UUID.</summary>
[InlineArray(16)]
public struct UuidBytes
{
    private byte _first;

    /// <summary>From a UUID.</summary>
    public static UuidBytes From(Guid uuid)
    {
        UuidBytes bytes = default;
        uuid.TryWriteBytes(bytes, bigEndian: true, out _);
        return bytes;
    }

    /// <summary>As a UUID.</summary>
    public readonly Guid ToGuid() => new(this, bigEndian: true);
}
