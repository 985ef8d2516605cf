using RestrictedTee.Contracts;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.Serving;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.WorldTests.Harness;

namespace RestrictedTee.WorldTests.Serving;

/// <summary>Invariants 2 and 9: the secure world's heap is 192 MiB, and no client has it filled.</summary>
public sealed class HostileSizesTests : IClassFixture<HostileSizesTests.Fixture>
{
    private readonly Rtee.Up _up;

    public HostileSizesTests(Fixture fixture) => _up = fixture.Up;

    public sealed class Fixture : IDisposable
    {
        internal Rtee.Up Up { get; } = new();

        public void Dispose() => Up.Dispose();
    }

    [Fact]
    public void More_than_the_heap_holds_is_refused_by_whoever_would_have_kept_it()
    {
        byte[] huge = new byte[256 << 20];
        huge[0] = 1;
        using TeeContext context = new(RemoteDevice.Connect(_up.Socket));
        using TeeSession sims = context.OpenSession(Sims.Uuid), socket = context.OpenSession(SocketApp.Uuid), crypt = context.OpenSession(Crypt.Uuid), plugin = context.OpenSession(SuppPlugin.Uuid);
        var number = new Operation(Parameter.ValueInput(64), Parameter.ValueOutput());
        crypt.Invoke(Crypt.CommandArithNewVar, number);

        Assert.Equal(TeecResult.OutOfMemory, sims.TryInvoke(Sims.CommandWrite, new Operation(Parameter.ValueInput(0), Parameter.TempInput(huge)), out _));
        Assert.Equal(TeecResult.Overflow, crypt.TryInvoke(Crypt.CommandArithFromOctetString, new Operation(Parameter.ValueInput(number[1].A, 1), Parameter.TempInput(huge)), out _));
        Assert.Equal(TeecResult.OutOfMemory, plugin.TryInvoke(SuppPlugin.CommandWriteArray, new Operation(Parameter.TempInOut(huge), Parameter.ValueOutput()), out _));
        var open = new Operation(Parameter.ValueInput(0, 80), Parameter.TempInput(huge), Parameter.TempOutput(new byte[SocketApp.HandleSize]), Parameter.ValueOutput());
        Assert.NotEqual(TeecResult.TargetDead, socket.TryInvoke(SocketApp.CommandTcpOpen, open, out _));

        AssertServes(context);
    }

    [Fact]
    public void A_thousand_sessions_of_the_large_ta_leave_room_for_others()
    {
        using TeeContext living = new(RemoteDevice.Connect(_up.Socket)), context = new(RemoteDevice.Connect(_up.Socket));
        for (int i = 0; i < 1000; i++)
            context.OpenSession(Large.Uuid);

        AssertServes(living);
    }

    private static void AssertServes(TeeContext context)
    {
        using TeeSession hello = context.OpenSession(HelloWorld.Uuid);
        var operation = new Operation(Parameter.ValueInOut(41));
        hello.Invoke(HelloWorld.CommandIncrementValue, operation);
        Assert.Equal(42u, operation[0].A);
    }
}
