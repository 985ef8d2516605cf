using System.Runtime.InteropServices;
using System.Text;
using RestrictedTee.NormalWorld.Uapi;

namespace RestrictedTee.NormalWorld.Serving;

/// <summary>
/// What travels on the socket of <c>rtee up</c>: the ioctls in their binary form, one packet a request and one its answer, with
/// descriptors beside them. Both ends are of one user and one machine, so numbers are in host order; each is of the trust of
/// a process with /dev/tee0 open: it may do what that user may do, and the server believes it nothing else.
/// </summary>
internal static class Wire
{
    /// <summary>Revision of this format, exchanged before anything else.</summary>
    internal const uint Revision = 1;

    /// <summary>The largest packet either way.</summary>
    internal const int MaxPacket = 16 * 1024;

    internal enum Operation : uint
    {
        /// <summary>First packet: opens the device (context id 0), or joins a context with another connection (its id).</summary>
        Hello = 1,

        /// <summary>An ioctl of the TEE device: argument, then the buffer that tee_ioctl_buf_data points to.</summary>
        Ioctl = 2,

        /// <summary>An ioctl of a dma-heap: the heap's name in the place of the buffer.</summary>
        HeapIoctl = 3,

        /// <summary>close of a shared-memory descriptor.</summary>
        CloseShm = 4,

        /// <summary>The listing of the heaps, as JSON.</summary>
        ListHeaps = 5,

        /// <summary>The calls under way, everybody's, as JSON.</summary>
        ListCalls = 6,

        /// <summary>Cancellation of whatever runs in the session of that number.</summary>
        CancelCall = 7,

        /// <summary>The end of the secure world.</summary>
        EndSecureWorld = 8,

        /// <summary>What a dma-buf tells of itself, as JSON; its descriptor beside the request.</summary>
        DescribeBuffer = 9,

        /// <summary>An ioctl of the central allocator.</summary>
        SmafIoctl = 10,
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct Request
    {
        internal Operation Operation;
        internal uint Number;
        internal int ArgumentLength;
        internal int BufferLength;
        internal Guid Context;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct Reply
    {
        /// <summary>0 or a positive errno.</summary>
        internal int Errno;
        internal int ArgumentLength;
        internal int BufferLength;
        internal int TextLength;
        internal Guid Context;
    }

    /// <summary>The bytes of a packet before its argument; both heads have as many, so an answer can be written over its request.</summary>
    internal const int Head = 32;

    /// <summary>Writes a request: head, argument, buffer.</summary>
    /// <returns>Its length.</returns>
    /// <exception cref="TeeDriverException">EMSGSIZE: a packet does not hold it.</exception>
    internal static int Write(Span<byte> packet, Request request, ReadOnlySpan<byte> argument, ReadOnlySpan<byte> buffer)
    {
        (request.ArgumentLength, request.BufferLength) = (argument.Length, buffer.Length);
        long length = (long)Head + argument.Length + buffer.Length;
        if (length > packet.Length)
            throw new TeeDriverException(Errno.EMSGSIZE, $"The request has {length} bytes; {packet.Length} are allowed.");
        argument.CopyTo(packet[Head..]);
        buffer.CopyTo(packet[(Head + argument.Length)..]);
        MemoryMarshal.Write(packet, in request);
        return (int)length;
    }

    /// <summary>Writes an answer: head, argument, buffer. These may lie in the packet already, as the request had them.</summary>
    /// <returns>Its length.</returns>
    internal static int Write(Span<byte> packet, Reply reply, ReadOnlySpan<byte> argument, ReadOnlySpan<byte> buffer)
    {
        (reply.ArgumentLength, reply.BufferLength) = (argument.Length, buffer.Length);
        argument.CopyTo(packet[Head..]);
        buffer.CopyTo(packet[(Head + argument.Length)..]);
        MemoryMarshal.Write(packet, in reply);
        return Head + argument.Length + buffer.Length;
    }

    /// <summary>Writes an answer that says what is wrong.</summary>
    /// <returns>Its length.</returns>
    internal static int Write(Span<byte> packet, Errno errno, string text)
    {
        var reply = new Reply { Errno = (int)errno, TextLength = Encoding.UTF8.GetBytes(text, packet[Head..]) };
        MemoryMarshal.Write(packet, in reply);
        return Head + reply.TextLength;
    }
}
