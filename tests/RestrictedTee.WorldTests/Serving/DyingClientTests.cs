using System.Runtime.InteropServices;
using System.Text;
using RestrictedTee.Contracts;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.Heaps;
using RestrictedTee.NormalWorld.Serving;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.Tests.Harness;
using RestrictedTee.WorldTests.Harness;

namespace RestrictedTee.WorldTests.Serving;

/// <summary>Invariant 9: a client that dies in a call gives its thread of the TEE back at once.</summary>
public sealed class DyingClientTests
{
    private const uint WaitUntilCancelled = 2; // of the misbehaving TA: a minute
    private const int Threads = 3;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    [Fact]
    public void Clients_that_die_in_a_cancellable_wait_stop_nobody()
    {
        using var up = new Rtee.Up("--ta-dir", Repository.TestTas, "--threads", Threads.ToString());
        using TeeContext living = new(RemoteDevice.Connect(up.Socket));
        using TeeSession hello = living.OpenSession(HelloWorld.Uuid);
        TeeContext[] dying = [.. Enumerable.Range(0, Threads).Select(i => new TeeContext(RemoteDevice.Connect(up.Socket)))];
        var outcomes = new TeecResult[Threads];
        Thread[] waits = [.. dying.Select((context, i) =>
        {
            TeeSession session = context.OpenSession(TestTa.Misbehaving);
            return new Thread(() => outcomes[i] = session.TryInvoke(WaitUntilCancelled, null, out _));
        })];
        Array.ForEach(waits, wait => wait.Start());
        Thread blocked = CallThatWaitsForAThread(hello);

        Array.ForEach(dying, context => context.Dispose());

        Assert.True(blocked.Join(Deadline), "the living client waits for the dead ones");
        Assert.All(waits, wait => Assert.True(wait.Join(Deadline)));
        Assert.All(outcomes, outcome => Assert.Equal(TeecResult.Communication, outcome));
        Assert.True(SpinWait.SpinUntil(() => AllThreadsServe(living), Deadline));
    }

    [Fact]
    public void Clients_that_die_in_a_computation_without_end_stop_nobody()
    {
        using var up = new Rtee.Up("--threads", Threads.ToString());
        using TeeContext living = new(RemoteDevice.Connect(up.Socket));
        using TeeSession hello = living.OpenSession(HelloWorld.Uuid);
        TeeContext[] dying = [.. Enumerable.Range(0, Threads).Select(i => new TeeContext(RemoteDevice.Connect(up.Socket)))];
        Thread[] calls =
        [
            Endless(dying[0], CryptoPerf.Uuid, CryptoPerf.CommandHashPrepare, new Operation(Parameter.ValueInput((uint)CryptoPerf.Hash.Sha256)), CryptoPerf.CommandHashProcess, new Operation(Parameter.TempInput(new byte[4096]), Parameter.TempOutput(new byte[32]), Parameter.ValueInput(uint.MaxValue, 0))),
            Endless(dying[1], CryptoPerf.Uuid, CryptoPerf.CommandCipherPrepareKey, new Operation(Parameter.ValueInput(0, 128), Parameter.ValueInput((uint)CryptoPerf.Cipher.AesCtr)), CryptoPerf.CommandCipherProcess, new Operation(Parameter.TempInOut(new byte[4096]), Parameter.TempInOut(new byte[4096]), Parameter.ValueInput(uint.MaxValue, 0))),
            Endless(dying[2], Concurrent.Uuid, null, null, Concurrent.CommandBusyLoop, new Operation(Parameter.TempInOut(new byte[4]), Parameter.ValueInOut(uint.MaxValue, 0))),
        ];
        Thread blocked = CallThatWaitsForAThread(hello);

        Array.ForEach(dying, context => context.Dispose());

        Assert.True(blocked.Join(Deadline), "the living client waits for the dead ones");
        Assert.All(calls, call => Assert.True(call.Join(Deadline)));
        Assert.True(SpinWait.SpinUntil(() => AllThreadsServe(living), Deadline));
    }

    [Fact]
    public void A_client_that_dies_with_a_request_on_its_way_leaves_the_others_served()
    {
        using var up = new Rtee.Up("--ta-dir", Repository.TestTas);
        using RawClient owner = RawClient.Open(up.Socket);

        using (RawClient second = RawClient.Open(up.Socket))
            second.Send(Wire.Operation.ListHeaps, 0, [], []);

        Assert.Equal((NormalWorld.Uapi.Errno)0, owner.Exchange(Wire.Operation.ListHeaps, 0, [], []).Errno);
    }

    [Fact]
    public void Invariant_9_a_client_that_dies_with_thousands_of_buffers_registrations_and_requests_on_their_way_gives_all_of_it_back()
    {
        string[] heaps = ["protected,secure-video", "protected,trusted-ui", "system"];
        const int Buffers = 3000, Waiting = 200;
        using var up = new Rtee.Up("--ta-dir", Repository.TestTas);
        using TeeContext living = new(RemoteDevice.Connect(up.Socket));
        using (RawClient first = RawClient.Open(up.Socket))
            Allocate(first, "system"); // from here on every thread and library that serves clients is there
        HeapInfo[] before = [.. living.Heaps];
        int descriptors = DescriptorsOf(up);

        var dying = new RawClient(up.Socket) { Keeps = true };
        Assert.Equal((Errno)0, dying.Hello().Errno);
        FillUp(dying, "system", 400);
        int registered = dying.Kept.Take(400).ToList().Count(buffer => dying.Ioctl(TeeIoctl.ShmRegisterFd, default(TeeIoctlShmRegisterFdData), buffer).Errno == 0);
        int deferred = Enumerable.Range(0, 100).Count(_ => dying.Exchange(Wire.Operation.SmafIoctl, SmafIoctl.Create, Bytes(new SmafCreateData { Length = 4096 }), []).Errno == 0);
        Errno[] errors = [.. heaps.Select(heap => FillUp(dying, heap, Buffers / heaps.Length))];
        for (int i = 0; i < Waiting; i++)
            dying.Send(Wire.Operation.HeapIoctl, TeeIoctl.DmaHeapAlloc, Bytes(new DmaHeapAllocationData { Length = 4096 }), Encoding.UTF8.GetBytes(heaps[i % heaps.Length]));
        dying.Dispose();

        Assert.All(errors, error => Assert.True(error is 0 or Errno.ENOMEM or Errno.EMFILE, error.ToString()));
        Assert.True(dying.Kept.Count > 1000 && registered == 400 && deferred == 100, $"{dying.Kept.Count} descriptors, {registered} registrations, {deferred} deferred; {string.Join(' ', errors)}");
        Assert.True(SpinWait.SpinUntil(() => living.Heaps.Zip(before).All(heap => StateOf(heap.First) == StateOf(heap.Second)), Deadline), Report(living, before));
        // Libraries that are loaded meanwhile hold two each; what is not given back is hundreds.
        Assert.True(SpinWait.SpinUntil(() => DescriptorsOf(up) <= descriptors + 12, Deadline), $"{descriptors} descriptors were open, and {DescriptorsOf(up)} are.");
        Assert.True(AllThreadsServe(living));
    }

    private static (int Buffers, ulong Used, ulong Charged, ulong LargestFree) StateOf(HeapInfo heap) => (heap.Buffers, heap.Used, heap.Charged, heap.LargestFree);

    private static string Report(TeeContext living, HeapInfo[] before) =>
        string.Join('\n', living.Heaps.Zip(before).Select(heap => $"{heap.First.Name}: {heap.First.Buffers} buffers, {heap.First.Used} used, {heap.First.Charged} charged; before {heap.Second.Buffers}, {heap.Second.Used}, {heap.Second.Charged}"));

    private static Errno FillUp(RawClient client, string heap, int count)
    {
        Errno errno = 0;
        for (int i = 0; i < count && errno == 0; i++)
            errno = Allocate(client, heap);
        return errno;
    }

    private static Errno Allocate(RawClient client, string heap) =>
        client.Exchange(Wire.Operation.HeapIoctl, TeeIoctl.DmaHeapAlloc, Bytes(new DmaHeapAllocationData { Length = 4096 }), Encoding.UTF8.GetBytes(heap)).Errno;

    private static byte[] Bytes<T>(T value)
        where T : struct => MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value)).ToArray();

    private static int DescriptorsOf(Rtee.Up up) => Directory.GetFileSystemEntries($"/proc/{up.Process.Id}/fd").Length;

    /// <summary>A call that does not come back for a moment: all threads of the TEE are taken by the waits then.</summary>
    /// <summary>A thread in a call that takes as long as its client lives.</summary>
    private static Thread Endless(TeeContext context, Guid ta, uint? prepare, Operation? preparation, uint command, Operation operation)
    {
        TeeSession session = context.OpenSession(ta);
        if (prepare is { } first)
            session.Invoke(first, preparation);
        var call = new Thread(() => session.TryInvoke(command, operation, out _));
        call.Start();
        return call;
    }

    private static Thread CallThatWaitsForAThread(TeeSession session)
    {
        const int AMoment = 300;
        Thread? blocked = null;
        Assert.True(SpinWait.SpinUntil(
            () =>
            {
                blocked = new Thread(() => session.TryInvoke(HelloWorld.CommandNothing, null, out _));
                blocked.Start();
                return !blocked.Join(AMoment);
            },
            Deadline));
        return blocked!;
    }

    private static bool AllThreadsServe(TeeContext context) => Enumerable.Range(0, Threads).All(i =>
    {
        using TeeSession session = context.OpenSession(HelloWorld.Uuid);
        return session.TryInvoke(HelloWorld.CommandNothing, null, out _) == TeecResult.Success;
    });
}
