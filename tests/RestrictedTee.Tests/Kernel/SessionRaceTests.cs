using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.DmaBuf;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.Tests.Harness;

namespace RestrictedTee.Tests.Kernel;

/// <summary>Invariant 9 under clients that open, invoke, cancel, panic and close at once.</summary>
public sealed class SessionRaceTests : IDisposable
{
    private const int Clients = 6, Rounds = 250;
    private static readonly Guid Trap = new("0b5d5c8e-1f0a-4b57-9c44-52f6d8a1e016");
    private static readonly Guid Holding = new("0b5d5c8e-1f0a-4b57-9c44-52f6d8a1e010");

    private readonly InProcessTee _tee = new();

    public void Dispose() => _tee.Dispose();

    [Fact]
    public void Invariant_9_whatever_clients_do_at_once_turns_sessions_and_grants_come_back()
    {
        using TeeContext context = _tee.OpenContext();
        using DmaBufHandle handle = context.AllocateRestricted("protected,secure-video", 4096);
        using SharedMemory buffer = context.RegisterSharedMemory(handle);
        var unexpected = new System.Collections.Concurrent.ConcurrentBag<TeecResult>();
        Thread[] clients = [.. Enumerable.Range(0, Clients).Select(i => new Thread(() => Play(context, buffer, new Random(i), unexpected)))];

        Array.ForEach(clients, client => client.Start());

        Assert.All(clients, client => Assert.True(client.Join(TimeSpan.FromSeconds(60)), "a client hangs"));
        Assert.Empty(unexpected);
        _tee.AssertStillServes();
        using TeeSession decryptor = context.OpenSession(Contracts.ContentDecryptor.Uuid);
        decryptor.Invoke(
            Contracts.ContentDecryptor.CommandInstallKey,
            new Operation(Parameter.ValueInput(0), Parameter.TempInput(new byte[16]), Parameter.TempInput(new byte[16]), Parameter.ValueInput(0, 64)));
        decryptor.Invoke(Contracts.ContentDecryptor.CommandDecrypt, new Operation(Parameter.TempInput(new byte[64]), Parameter.Partial(buffer, Direction.Output, 0, 64)));
    }

    private static void Play(TeeContext context, SharedMemory buffer, Random random, System.Collections.Concurrent.ConcurrentBag<TeecResult> unexpected)
    {
        TeecResult[] expected = [TeecResult.Success, TeecResult.TargetDead, TeecResult.Cancel, TeecResult.Busy, TeecResult.NoData];
        byte[] loot = new byte[64];
        for (int round = 0; round < Rounds; round++)
        {
            Guid ta = random.Next(3) switch { 0 => Trap, 1 => Holding, _ => TestTa.Misbehaving };
            TeecResult result = context.TryOpenSession(ta, TeecLogin.Public, 0, null, out TeeSession? session, out _);
            if (session is not null)
            {
                var operation = ta == Holding
                    ? new Operation(Parameter.Partial(buffer, Direction.Input, 0, 64), Parameter.TempOutput(loot))
                    : new Operation();
                uint command = ta == Holding ? 2u : ta == Trap ? 0u : random.Next(2) == 0 ? 6u : 7u;
                if (random.Next(4) == 0)
                    operation.RequestCancellation();
                result = session.TryInvoke(command, operation, out _);
                session.Dispose();
            }

            if (!expected.Contains(result))
                unexpected.Add(result);
        }
    }
}
