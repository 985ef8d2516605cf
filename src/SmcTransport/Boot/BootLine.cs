using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using RestrictedTee.SmcTransport.Abi;
using RestrictedTee.SmcTransport.Interop;
using RestrictedTee.SmcTransport.NormalRam;

namespace RestrictedTee.SmcTransport.Boot;

/// <summary>
/// The line over which the board is wired up: the launcher hands the secure world its pipes and RAM, the secure world says
/// that it is ready, and RAM banks are plugged in and out. Descriptors cannot travel in registers, so this is a socket; no
/// call of either ABI ever goes over it.
/// </summary>
/// <remarks>
/// A message is a fixed head and, for a refusal, a text. Each side compares the other's wiring revision and build before
/// the first call, and a difference is said in plain words instead of showing up as a malformed frame later.
/// </remarks>
internal sealed class BootLine(DescriptorSocket socket) : IDisposable
{
    /// <summary>Revision of this wiring; raised when a frame, a boot message or the order of descriptors changes.</summary>
    internal const uint WiringRevision = 1;

    private const uint Magic = 0x54525354; // "TSRT"
    private const int MaxText = 1024;

    private readonly object _exchange = new(); // one question and its answer at a time; taken by the normal world only

    /// <summary>The build that both ends must share: the module version of this assembly, which the compiler derives from its content.</summary>
    internal static Guid Build { get; } = typeof(BootLine).Assembly.ManifestModule.ModuleVersionId;

    internal DescriptorSocket Socket => socket;

    internal enum Kind : uint
    {
        PowerOn = 1,
        Ready = 2,
        PlugBank = 3,
        UnplugBank = 4,
        Done = 5,
        Refused = 6,
    }

    /// <summary>The head of every message.</summary>
    [StructLayout(LayoutKind.Sequential, Pack = 8)]
    internal struct Head
    {
        internal uint Magic;
        internal uint WiringRevision;
        internal Guid Build;
        internal Kind Kind;
        internal uint Conduits;
        internal ulong BankBase;
        internal ulong BankSize;
        internal uint MsgRevisionMajor;
        internal uint MsgRevisionMinor;
        internal MemoryProtection Protection;
        internal uint TextLength;
    }

    /// <summary>A received message. Disposing it closes the descriptors, for whoever has no use for them.</summary>
    internal readonly record struct Message(Head Head, string Text, IReadOnlyList<SafeFileHandle> Descriptors) : IDisposable
    {
        public void Dispose()
        {
            foreach (SafeFileHandle descriptor in Descriptors)
                descriptor.Dispose();
        }
    }

    internal bool TrySend(Head head, string text = "", params ReadOnlySpan<SafeHandle> descriptors)
    {
        byte[] textBytes = Encoding.UTF8.GetBytes(text.Length > MaxText / 4 ? text[..(MaxText / 4)] : text);
        head.Magic = Magic;
        head.WiringRevision = WiringRevision;
        head.Build = Build;
        head.MsgRevisionMajor = OpteeMsg.RevisionMajor;
        head.MsgRevisionMinor = OpteeMsg.RevisionMinor;
        head.TextLength = (uint)textBytes.Length;
        Span<byte> message = stackalloc byte[Unsafe.SizeOf<Head>() + MaxText];
        MemoryMarshal.Write(message, in head);
        textBytes.CopyTo(message[Unsafe.SizeOf<Head>()..]);
        return socket.TrySend(message[..(Unsafe.SizeOf<Head>() + textBytes.Length)], descriptors);
    }

    /// <summary>Waits for a message.</summary>
    /// <returns>Null when the other end has gone.</returns>
    /// <exception cref="InvalidDataException">The other end speaks another wiring or comes from another build; the message says which.</exception>
    internal Message? Receive()
    {
        Span<byte> buffer = stackalloc byte[Unsafe.SizeOf<Head>() + MaxText];
        using var descriptors = new ReceivedDescriptors();
        Received received = socket.Receive(buffer, descriptors);
        int length = received.Length;
        if (length == 0)
            return null;
        if (received.LostDescriptors)
            throw new InvalidDataException("The boot line carried more descriptors than this process may open; raise the limit (ulimit -n).");
        if (received.IsTruncated || length < Unsafe.SizeOf<Head>())
            throw new InvalidDataException("The boot line carried a message that is not one of its own.");
        Head head = MemoryMarshal.Read<Head>(buffer);
        if (head.Magic != Magic || head.TextLength > length - Unsafe.SizeOf<Head>())
            throw new InvalidDataException("The boot line carried a message that is not one of its own.");
        if (head.WiringRevision != WiringRevision)
            throw new InvalidDataException($"The other world speaks wiring revision {head.WiringRevision}, this one {WiringRevision}. Build both from the same sources.");
        if (head.Build != Build)
            throw new InvalidDataException($"The other world comes from another build ({head.Build}, this one {Build}). Build both from the same sources.");
        string text = Encoding.UTF8.GetString(buffer.Slice(Unsafe.SizeOf<Head>(), (int)head.TextLength));
        return new Message(head, text, descriptors.TakeAll());
    }

    /// <summary>Normal world: plug a bank in and wait until the secure world has mapped it.</summary>
    /// <exception cref="BootLineRefusedException">The secure world refused, and goes on.</exception>
    /// <exception cref="IOException">The secure world has gone.</exception>
    internal void Plug(RamBank bank) =>
        Exchange(new Head { Kind = Kind.PlugBank, BankBase = bank.Range.Start.Value, BankSize = bank.Range.Length }, bank.Memfd);

    /// <summary>Normal world: take a bank out; refused while the secure world still uses it.</summary>
    /// <exception cref="BootLineRefusedException">The secure world refused, and goes on.</exception>
    /// <exception cref="IOException">The secure world has gone.</exception>
    internal void Unplug(RamBank bank) =>
        Exchange(new Head { Kind = Kind.UnplugBank, BankBase = bank.Range.Start.Value, BankSize = bank.Range.Length });

    public void Dispose() => socket.Dispose();

    private void Exchange(Head head, params ReadOnlySpan<SafeHandle> descriptors)
    {
        lock (_exchange)
        {
            if (!TrySend(head, descriptors: descriptors) || Receive() is not { } answer)
                throw new IOException("The secure world has gone.");
            answer.Dispose();
            if (answer.Head.Kind != Kind.Done)
                throw new BootLineRefusedException($"The secure world refused {head.Kind} of bank 0x{head.BankBase:x}: {answer.Text}");
        }
    }
}

/// <summary>The other world said no to one request on the boot line; it is there still.</summary>
internal sealed class BootLineRefusedException(string message) : IOException(message);
