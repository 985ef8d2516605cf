using RestrictedTee.NormalWorld.Interop;
using RestrictedTee.Tests.Interleaving;

namespace RestrictedTee.Tests.UserPages;

/// <summary>A client's memory while its pages are exchanged.</summary>
public sealed class MemoryLeftAloneTests
{
    [Fact]
    public void Nothing_is_written_into_it_for_the_client_and_what_waits_is_written_afterwards()
    {
        using var gate = new ReaderWriterLockSlim(LockRecursionPolicy.SupportsRecursion);
        byte[] memory = GC.AllocateArray<byte>(1, pinned: true);
        ulong address = (ulong)System.Runtime.InteropServices.Marshal.UnsafeAddrOfPinnedArrayElement(memory, 0);
        var client = new UserMemory(Environment.ProcessId, gate);

        gate.EnterWriteLock();
        ScheduledThread writer = ScheduledThread.Run(() => client.CopyTo([7], address));
        byte meanwhile = memory[0];
        gate.ExitWriteLock();
        writer.Finish();

        Assert.Equal((0, 7), (meanwhile, memory[0]));
    }
}
