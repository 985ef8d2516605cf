using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using RestrictedTee.NormalWorld.Interop;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Board;

namespace RestrictedTee.NormalWorld.Device.Ioctls;

/// <summary>What a binary request may need beside its argument.</summary>
internal ref struct IoctlFrame
{
    /// <summary>The memory of the process that makes the request, whoever opened the file.</summary>
    internal required UserMemory User { get; init; }

    /// <summary>The argument structure, read and written in place.</summary>
    internal Span<byte> Argument;

    /// <summary>How much of it the caller has: all, unless its header is older.</summary>
    internal int Given { get; init; }

    /// <summary>What tee_ioctl_buf_data points to, already copied in; copied out again afterwards.</summary>
    internal Span<byte> Buffer;

    /// <summary>Copies in what the argument, a tee_ioctl_buf_data, points to.</summary>
    /// <returns>Where that is.</returns>
    /// <exception cref="TeeDriverException">EINVAL: it is longer than any argument; EFAULT.</exception>
    internal TeeIoctlBufData TakeBuffer()
    {
        var reference = MemoryMarshal.Read<TeeIoctlBufData>(Argument);
        if (reference.BufLen > TeeIoctl.MaxArgSize)
            throw new TeeDriverException(Errno.EINVAL, $"An argument of {reference.BufLen} bytes.");
        Buffer = new byte[(int)reference.BufLen];
        User.CopyFrom(reference.BufPtr, Buffer);
        return reference;
    }

    /// <summary>Copies it out again.</summary>
    /// <exception cref="TeeDriverException">EFAULT.</exception>
    internal readonly void ReturnBuffer(TeeIoctlBufData reference)
    {
        if (!Buffer.IsEmpty)
            User.CopyTo(Buffer, reference.BufPtr);
    }

    /// <summary>The descriptor that the argument names, when it names one.</summary>
    internal SafeFileHandle? DescriptorIn;

    /// <summary>What ends with the last copy and the last mapping of <see cref="DescriptorOut"/>; whoever hands that out takes it over.</summary>
    internal IDisposable? Held;

    /// <summary>The descriptor that the request returns, when it returns one.</summary>
    internal SafeFileHandle? DescriptorOut;
}
