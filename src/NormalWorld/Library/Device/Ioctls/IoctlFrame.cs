using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using RestrictedTee.NormalWorld.Interop;
using RestrictedTee.SmcTransport.Board;

namespace RestrictedTee.NormalWorld.Device.Ioctls;

/// <summary>What a binary request may need beside its argument.</summary>
internal ref struct IoctlFrame
{
    /// <summary>The memory of the process that makes the request, whoever opened the file.</summary>
    internal required UserMemory User { get; init; }

    /// <summary>The argument structure, read and written in place.</summary>
    internal Span<byte> Argument;

    /// <summary>What tee_ioctl_buf_data points to, already copied in; copied out again afterwards.</summary>
    internal Span<byte> Buffer;

    /// <summary>The descriptor that the argument names, when it names one.</summary>
    internal SafeFileHandle? DescriptorIn;

    /// <summary>The descriptor that the request returns, when it returns one.</summary>
    internal SafeFileHandle? DescriptorOut;
}
