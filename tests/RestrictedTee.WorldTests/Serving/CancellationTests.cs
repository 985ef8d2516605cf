using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.Serving;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.Tests.Harness;
using RestrictedTee.WorldTests.Harness;

namespace RestrictedTee.WorldTests.Serving;

/// <summary>Requests of another process are cancelled as those of one's own.</summary>
public sealed class CancellationTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    [Fact]
    public void An_open_is_cancelled_over_the_socket()
    {
        using var up = new Rtee.Up("--ta-dir", Repository.TestTas);
        using TeeContext context = new(RemoteDevice.Connect(up.Socket));
        using SharedMemory arrived = context.AllocateSharedMemory(1);
        var operation = new Operation(Parameter.Partial(arrived, Direction.Output, 0, 1));
        TeecResult result = default;
        var opening = new Thread(() => result = context.TryOpenSession(TestTa.Reluctant, TeecLogin.Public, 0, operation, out _, out _));
        opening.Start();
        Assert.True(SpinWait.SpinUntil(() => arrived.Span[0] == 1, Deadline), "the TA does not open");

        operation.RequestCancellation();

        Assert.True(opening.Join(Deadline), "the open is not cancelled");
        Assert.Equal(TeecResult.Cancel, result);
    }
}
