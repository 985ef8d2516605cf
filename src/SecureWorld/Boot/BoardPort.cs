using Microsoft.Win32.SafeHandles;
using RestrictedTee.SmcTransport.Boot;
using RestrictedTee.SmcTransport.Conduits;
using RestrictedTee.SmcTransport.Interop;
using RestrictedTee.SmcTransport.NormalRam;
using Serilog;

namespace RestrictedTee.SecureWorld.Boot;

/// <summary>
/// The secure world's end of the boot line: receives the wiring at power-on, says that it is ready, then plugs and unplugs
/// banks until the line closes, which is how the power goes off.
/// </summary>
internal sealed class BoardPort(BootLine line, NormalRamMap ram)
{
    /// <summary>Order of descriptors at power-on: per conduit its input and its output, the last conduit being the fast one; then the notification line and bank 0.</summary>
    internal const int DescriptorsPerConduit = 2;

    private const int ExtraDescriptors = 2;
    private const int MaxConduits = 64;

    /// <summary>What came at power-on.</summary>
    internal sealed record Wiring(IReadOnlyList<IConduit> Conduits, IConduit FastConduit, PipeEnd NotificationLine);

    /// <exception cref="InvalidDataException">The launcher sent something else than a power-on.</exception>
    internal Wiring ReceivePowerOn(PhysicalRange bank0)
    {
        if (line.Receive() is not { } message)
            throw new InvalidDataException("The launcher closed the boot line before power-on.");
        try
        {
            return Wire(message, bank0);
        }
        catch
        {
            message.Dispose();
            throw;
        }
    }

    private Wiring Wire(BootLine.Message message, PhysicalRange bank0)
    {
        if (message.Head.Kind != BootLine.Kind.PowerOn)
            throw new InvalidDataException($"The launcher sent {message.Head.Kind} before power-on.");
        int conduits = (int)Math.Min(message.Head.Conduits, MaxConduits + 1);
        if (conduits is < 1 or > MaxConduits || message.Descriptors.Count != ((conduits + 1) * DescriptorsPerConduit) + ExtraDescriptors)
            throw new InvalidDataException($"Power-on for {message.Head.Conduits} conduits came with {message.Descriptors.Count} descriptors.");
        if (message.Head.BankBase != bank0.Start.Value || message.Head.BankSize != bank0.Length)
            throw new InvalidDataException("The launcher's bank 0 is not that of the board: do both worlds read the same board file?");
        IReadOnlyList<SafeFileHandle> fds = message.Descriptors;
        List<IConduit> wired = [];
        for (int i = 0; i <= conduits; i++)
            wired.Add(new PipeConduit(new PipeEnd(fds[i * DescriptorsPerConduit]), new PipeEnd(fds[(i * DescriptorsPerConduit) + 1])));
        var notification = new PipeEnd(fds[^2]);
        ram.TryPlug(RamBank.Attach(fds[^1], bank0));
        return new Wiring(wired[..^1], wired[^1], notification);
    }

    internal void Ready(SmcTransport.Abi.MemoryProtection protection) =>
        line.TrySend(new BootLine.Head { Kind = BootLine.Kind.Ready, Protection = protection });

    internal void Refuse(string reason) => line.TrySend(new BootLine.Head { Kind = BootLine.Kind.Refused }, reason);

    /// <summary>
    /// Refuses to start, and hears the launcher out: a socket that is closed with a message unread takes the refusal with it.
    /// </summary>
    internal void RefuseToStart(string reason)
    {
        Refuse(reason);
        try
        {
            while (line.Receive() is { } unheard)
                unheard.Dispose();
        }
        catch (InvalidDataException)
        {
            // Whatever it was, the answer has been given.
        }
    }

    /// <summary>Serves the line until it closes.</summary>
    internal void Serve()
    {
        while (true)
        {
            BootLine.Message? message;
            try
            {
                message = line.Receive();
            }
            catch (InvalidDataException e)
            {
                Refuse(e.Message);
                continue;
            }

            if (message is not { } received)
                return;
            Answer(received);
        }
    }

    private void Answer(BootLine.Message message)
    {
        try
        {
            var start = new PhysicalAddress(message.Head.BankBase);
            switch (message.Head.Kind)
            {
                case BootLine.Kind.PlugBank when message.Descriptors is [var memfd] && PhysicalRange.TryCreate(start, message.Head.BankSize, out PhysicalRange range):
                    Plug(RamBank.Attach(memfd, range));
                    break;
                case BootLine.Kind.UnplugBank:
                    message.Dispose();
                    if (!ram.TryUnplug(start))
                        throw new InvalidDataException("it is in use, or there is none at this address.");
                    break;
                default:
                    throw new InvalidDataException("the message is malformed.");
            }

            line.TrySend(new BootLine.Head { Kind = BootLine.Kind.Done });
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            message.Dispose(); // a bank that was plugged in owns its memfd; what is refused has no other owner
            Log.Debug("Boot line: {Kind} refused: {Reason}", message.Head.Kind, e.Message);
            Refuse(e.Message);
        }
    }

    private void Plug(RamBank bank)
    {
        if (ram.TryPlug(bank))
            return;
        bank.Dispose();
        throw new InvalidDataException("it overlaps a bank that is plugged in already.");
    }
}
