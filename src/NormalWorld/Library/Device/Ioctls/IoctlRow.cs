using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Abi;

namespace RestrictedTee.NormalWorld.Device.Ioctls;

/// <summary>An ioctl on a structure of fixed size.</summary>
internal delegate void PlainHandler<in TFile, T>(TFile file, ref T argument, ref IoctlFrame frame)
    where T : struct;

/// <summary>An ioctl whose argument lies, with its parameters behind it, where a tee_ioctl_buf_data points to.</summary>
internal delegate void BufferHandler<in TFile, T>(TFile file, ref T argument, Span<TeeIoctlParam> parameters)
    where T : struct;

/// <summary>What carries a frame out once its shape is known to be right.</summary>
internal delegate void IoctlBody<in TFile>(TFile file, ref IoctlFrame frame);

/// <summary>What the argument of a request looks like, whatever file it is of.</summary>
/// <param name="Name">The request.</param>
/// <param name="ArgumentSize">Bytes of its structure.</param>
/// <param name="HasBuffer">Whether that is a tee_ioctl_buf_data.</param>
/// <param name="DescriptorIn">Reads the descriptor that it names; null when it names none.</param>
internal readonly record struct RequestShape(string Name, int ArgumentSize, bool HasBuffer, Func<ReadOnlySpan<byte>, long>? DescriptorIn);

/// <summary>One ioctl of a kind of file: what it is, what its argument looks like, who serves it, and how far.</summary>
/// <typeparam name="TFile">What an open file of that kind is here.</typeparam>
internal sealed record IoctlRow<TFile>(uint Request, string Name, int ArgumentSize, IoctlBody<TFile> Body, Support Support, string Note)
{
    /// <summary>Whether the argument is a tee_ioctl_buf_data.</summary>
    internal bool HasBuffer { get; private init; }

    /// <summary>Reads the descriptor that the argument names; null when it names none.</summary>
    internal Func<ReadOnlySpan<byte>, long>? DescriptorIn { get; private init; }

    /// <summary>For who has its argument elsewhere, and copies it.</summary>
    internal RequestShape Shape => new(Name, ArgumentSize, HasBuffer, DescriptorIn);

    internal AbiRow ToAbiRow() => new(Request, Name, Support, Note);

    internal static IoctlRow<TFile> Plain<T>(
        uint request, string name, PlainHandler<TFile, T> handler, Support support, string note, Func<ReadOnlySpan<byte>, long>? descriptorIn = null)
        where T : struct =>
        new(request, name, Unsafe.SizeOf<T>(), (file, ref frame) => handler(file, ref MemoryMarshal.AsRef<T>(frame.Argument), ref frame), support, note)
        {
            DescriptorIn = descriptorIn,
        };

    internal static IoctlRow<TFile> Buffer<T>(uint request, string name, BufferHandler<TFile, T> handler, Support support, string note)
        where T : struct =>
        new(request, name, Unsafe.SizeOf<TeeIoctlBufData>(), (file, ref frame) => Parse(file, handler, frame.Buffer), support, note) { HasBuffer = true };

    /// <summary>A request that is known, and has no driver behind it.</summary>
    internal static IoctlRow<TFile> Refused<T>(uint request, string name, Errno errno, string note)
        where T : struct =>
        new(request, name, Unsafe.SizeOf<T>(), (_, ref _) => throw new TeeDriverException(errno, $"{name} is not served."), Support.Refused, note);

    /// <summary>Carries the request out.</summary>
    /// <exception cref="TeeDriverException">The errno; EINVAL when the argument has not the size of the structure.</exception>
    internal void Run(TFile file, ref IoctlFrame frame)
    {
        if (frame.Argument.Length != ArgumentSize)
            throw new TeeDriverException(Errno.EINVAL, $"Request 0x{Request:x8} takes {ArgumentSize} bytes, not {frame.Argument.Length}.");
        Body(file, ref frame);
    }

    private static void Parse<T>(TFile file, BufferHandler<TFile, T> handler, Span<byte> buffer)
        where T : struct
    {
        int head = Unsafe.SizeOf<T>();
        if (buffer.Length < head || buffer.Length > TeeIoctl.MaxArgSize)
            throw new TeeDriverException(Errno.EINVAL, $"A buffer of {buffer.Length} bytes does not hold the argument.");
        ref T argument = ref MemoryMarshal.AsRef<T>(buffer);
        Span<byte> rest = buffer[head..];
        // num_params is the last member of each of these structures (include/uapi/linux/tee.h).
        uint count = MemoryMarshal.Read<uint>(buffer[(head - sizeof(uint))..]);
        if ((ulong)count * (ulong)Unsafe.SizeOf<TeeIoctlParam>() != (ulong)rest.Length)
            throw new TeeDriverException(Errno.EINVAL, $"{count} parameters do not fill the {rest.Length} bytes behind the argument.");
        handler(file, ref argument, MemoryMarshal.Cast<byte, TeeIoctlParam>(rest));
    }
}

/// <summary>The ioctls of a kind of file, by number.</summary>
internal sealed class IoctlTable<TFile>
{
    private readonly Dictionary<uint, IoctlRow<TFile>> _byRequest;
    private readonly string _file;

    /// <param name="file">The kind of file, in words.</param>
    /// <param name="rows">In the order of their numbers.</param>
    internal IoctlTable(string file, params IoctlRow<TFile>[] rows)
    {
        _file = file;
        Rows = rows;
        _byRequest = rows.ToDictionary(row => row.Request);
    }

    internal IReadOnlyList<IoctlRow<TFile>> Rows { get; }

    internal IoctlRow<TFile>? Find(uint request) => _byRequest.GetValueOrDefault(request);

    /// <exception cref="TeeDriverException">ENOTTY for a request that is not in the table.</exception>
    internal void Dispatch(TFile file, uint request, ref IoctlFrame frame)
    {
        if (Find(request) is not { } row)
            throw new TeeDriverException(Errno.ENOTTY, $"Request 0x{request:x8} is not one of {_file}.");
        row.Run(file, ref frame);
    }
}
