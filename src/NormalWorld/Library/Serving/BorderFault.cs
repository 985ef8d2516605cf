using RestrictedTee.NormalWorld.Device;
using RestrictedTee.NormalWorld.Uapi;

namespace RestrictedTee.NormalWorld.Serving;

/// <summary>What a connection's fault is in the vocabulary of its border, which is errno.</summary>
internal static class BorderFault
{
    private const int MaxText = 512;

    /// <summary>The errno for whatever a handler has thrown. System calls of ours leave theirs in HResult.</summary>
    internal static Errno ErrnoOf(Exception fault) => fault switch
    {
        TeeDriverException driver => driver.Errno,
        OutOfMemoryException => Errno.ENOMEM,
        IOException { HResult: (int)Errno.ENOMEM } => Errno.ENOMEM,
        IOException { HResult: (int)Errno.EMFILE or 23 /* ENFILE */ } => Errno.EMFILE,
        _ => Errno.EIO,
    };

    /// <summary>What the client is told: the driver's own words, and of anything else that it happened. Bounded, since a client's
    /// own words may be in it and the whole must fit into a packet.</summary>
    internal static string TextOf(Exception fault)
    {
        string text = fault is TeeDriverException or IOException ? fault.Message : "The driver failed; its log says where.";
        return text.Length <= MaxText ? text : text[..MaxText] + "…";
    }

    /// <summary>Where it came from, for the log. A trace that cannot be had must not become a fault of its own.</summary>
    internal static string PlaceOf(Exception fault)
    {
        try
        {
            return fault.TargetSite is { } method ? $"{method.DeclaringType?.Name}.{method.Name}" : "?";
        }
        catch (Exception)
        {
            return "?";
        }
    }
}
