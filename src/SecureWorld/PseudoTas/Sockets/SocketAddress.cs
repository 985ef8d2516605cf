namespace RestrictedTee.SecureWorld.PseudoTas.Sockets;

/// <summary>Where a socket is to lead.</summary>
/// <param name="IpVersion">0 for either, 1 for 4, 2 for 6.</param>
/// <param name="Port">The port.</param>
/// <param name="Protocol">TCP or UDP.</param>
/// <param name="Host">The host's name, with a zero at its end.</param>
internal sealed record SocketAddress(uint IpVersion, ushort Port, uint Protocol, byte[] Host);
