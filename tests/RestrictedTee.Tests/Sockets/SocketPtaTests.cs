using System.Net;
using System.Net.Sockets;
using System.Reflection;
using RestrictedTee.Contracts;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.Sdk;
using RestrictedTee.SmcTransport.Abi;
using RestrictedTee.Tests.Harness;

namespace RestrictedTee.Tests.Sockets;

/// <summary>The pseudo TA: what it takes of a trusted application, and of whom else.</summary>
public sealed class SocketPtaTests : IDisposable
{
    private const uint HostName = SocketApp.ErrorHostName, Bad = (uint)TeecResult.BadParameters;
    private static readonly byte[] Host = "127.0.0.1\0"u8.ToArray();

    private readonly InProcessTee _tee = new();
    private readonly Socket _listener = SocketTests.Listen(IPAddress.Loopback);
    private readonly TeeContext _context;
    private readonly TeeSession _relay;

    public SocketPtaTests()
    {
        _context = _tee.OpenContext();
        _relay = _context.OpenSession(TestTa.SocketRelay);
    }

    public void Dispose()
    {
        _relay.Dispose();
        _context.Dispose();
        _listener.Dispose();
        _tee.Dispose();
    }

    [Fact]
    public void It_opens_for_trusted_applications_alone() =>
        Assert.Equal(TeecResult.AccessDenied, _context.TryOpenSession(SocketPta.Uuid, TeecLogin.Public, 0, null, out _, out _));

    public static TheoryData<string, uint, Parameter[], uint> BadInput => new()
    {
        { "no such command", 0, [], (uint)TeecResult.BadParameters },
        { "open without parameters", SocketPta.CommandOpen, [], Bad },
        { "open without a name", SocketPta.CommandOpen, Open([]), HostName },
        { "open with a name that has no end", SocketPta.CommandOpen, Open("127.0.0.1"u8.ToArray()), HostName },
        { "open with a name that is too long", SocketPta.CommandOpen, Open(new byte[SocketPta.LongestName + 1]), HostName },
        { "open with a version of IP that is none", SocketPta.CommandOpen, Open(Host, version: 3), Bad },
        { "open with a port that is none", SocketPta.CommandOpen, Open(Host, port: 65_536), Bad },
        { "open with a protocol that is none", SocketPta.CommandOpen, Open(Host, protocol: 0x64), Bad },
        { "close without parameters", SocketPta.CommandClose, [], Bad },
        { "close of a handle that is none", SocketPta.CommandClose, [Parameter.ValueInput(77)], Bad },
        { "send with an output", SocketPta.CommandSend, [Parameter.ValueInput(1), Parameter.TempOutput(new byte[4]), Parameter.ValueOutput()], Bad },
        { "send on a handle that is none", SocketPta.CommandSend, [Parameter.ValueInput(77), Parameter.TempInput(new byte[4]), Parameter.ValueOutput()], Bad },
        { "receive into an input", SocketPta.CommandReceive, [Parameter.ValueInput(1), Parameter.TempInput(new byte[4])], Bad },
        { "receive on a handle that is none", SocketPta.CommandReceive, [Parameter.ValueInput(77), Parameter.TempOutput(new byte[4])], Bad },
        { "ioctl on a handle that is none", SocketPta.CommandIoctl, [Parameter.ValueInput(77, 0x65F0_0000), Parameter.TempInOut(new byte[4])], Bad },
    };

    [Theory]
    [MemberData(nameof(BadInput))]
    public void Bad_input_has_its_result_and_reaches_nobody(string what, uint command, Parameter[] parameters, uint expected)
    {
        TeecResult result = _relay.TryInvoke(command, new Operation(parameters), out _);

        Assert.True(expected == (uint)result, $"{what}: 0x{(uint)result:x8}");
        Assert.Equal(0, _tee.Supplicant.SocketCount);
    }

    public static TheoryData<string, uint, uint, int, uint> BadIoctls => new()
    {
        { "a buffer's size that is cut", 0x65, OpteeRpcSocket.IoctlTcpSetReceiveBuffer, 3, Bad },
        { "no size at all", 0x65, OpteeRpcSocket.IoctlTcpSetSendBuffer, 0, Bad },
        { "UDP's of TCP", 0x65, OpteeRpcSocket.IoctlUdpChangePort, 2, (uint)TeecResult.NotSupported },
        { "TCP's of UDP", 0x66, OpteeRpcSocket.IoctlTcpSetReceiveBuffer, 4, (uint)TeecResult.NotSupported },
        { "a port that is too long", 0x66, OpteeRpcSocket.IoctlUdpChangePort, 4, Bad },
        { "a name that is empty", 0x66, OpteeRpcSocket.IoctlUdpChangeAddress, 1, HostName },
        { "a name that is too long", 0x66, OpteeRpcSocket.IoctlUdpChangeAddress, SocketPta.LongestName + 1, Bad },
    };

    [Theory]
    [MemberData(nameof(BadIoctls))]
    public void A_bad_ioctl_leaves_the_socket_as_it_was(string what, uint protocol, uint command, int size, uint expected)
    {
        var open = new Operation(Open(Host, port: SocketTests.PortOf(_listener), protocol: protocol));
        _relay.Invoke(SocketPta.CommandOpen, open);

        TeecResult result = _relay.TryInvoke(SocketPta.CommandIoctl, new Operation(Parameter.ValueInput(open[3].A, command), Parameter.TempInOut(new byte[size])), out _);

        Assert.True(expected == (uint)result, $"{what}: 0x{(uint)result:x8}");
        Assert.Equal(TeecResult.Success, _relay.TryInvoke(SocketPta.CommandSend, new Operation(Parameter.ValueInput(open[3].A), Parameter.TempInput(new byte[1]), Parameter.ValueOutput()), out _));
    }

    /// <summary>The SDK knows none of this project's assemblies, so it has the numbers again.</summary>
    [Fact]
    public void The_numbers_of_the_sdk_are_those_of_the_contract_and_of_the_abi()
    {
        Dictionary<string, object?> known = Constants(typeof(SocketPta)).Concat(Constants(typeof(OpteeRpcSocket))).ToDictionary(field => field.Name, field => field.GetRawConstantValue());
        FieldInfo[] mine = Constants(typeof(SocketCommands));

        Assert.All(mine, field => Assert.Equal(known[field.Name], field.GetRawConstantValue()));
        Assert.True(mine.Length > 10);
    }

    private static FieldInfo[] Constants(Type type) =>
        [.. type.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic).Where(field => field.IsLiteral)];

    private static Parameter[] Open(byte[] name, uint version = 0, uint port = 9, uint protocol = 0x65) =>
        [Parameter.ValueInput(version, port), Parameter.TempInput(name), Parameter.ValueInput(protocol), Parameter.ValueOutput()];
}
