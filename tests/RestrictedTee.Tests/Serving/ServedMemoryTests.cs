using RestrictedTee.Contracts;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.Device.Ioctls;
using RestrictedTee.NormalWorld.DmaBuf;
using RestrictedTee.NormalWorld.Serving;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Board;
using RestrictedTee.SmcTransport.NormalRam;
using RestrictedTee.Tests.Harness;

namespace RestrictedTee.Tests.Serving;

/// <summary>Memory of a served client is a bank; what it uses again and again is plugged in once, and what it does not use goes back.</summary>
public sealed class ServedMemoryTests : IDisposable
{
    private const int Large = 2 << 20;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    private readonly ServedTee _served = new();

    public void Dispose() => _served.Dispose();

    [Fact]
    public void Large_temporary_memory_of_call_after_call_is_plugged_in_once()
    {
        using TeeContext client = _served.Connect();
        using TeeSession session = client.OpenSession(OsTest.Uuid);
        var operation = new Operation(Parameter.TempInput(new byte[Large]), Parameter.Null(Direction.Input));

        for (int i = 0; i < 20; i++)
            session.Invoke(OsTest.CommandParamsAccess, operation);

        Assert.Equal(1, _served.Tee.PlugCount);
    }

    [Fact]
    public void Shared_memory_that_is_freed_and_allocated_again_is_plugged_in_once_and_zero_each_time()
    {
        using TeeContext client = _served.Connect();

        for (int i = 0; i < 20; i++)
        {
            using SharedMemory memory = client.AllocateSharedMemory(Large);
            Assert.False(memory.Span.ContainsAnyExcept((byte)0));
            memory.Span.Fill(0xA5);
        }

        Assert.Equal(1, _served.Tee.PlugCount);
    }

    [Fact]
    public void Two_clients_never_get_each_others_memory()
    {
        using TeeContext one = _served.Connect(), two = _served.Connect();
        one.AllocateSharedMemory(Large).Dispose();

        using SharedMemory others = two.AllocateSharedMemory(Large);

        Assert.Equal(2, _served.Tee.PlugCount);
    }

    [Fact]
    public void Memory_of_another_size_is_memory_of_its_own()
    {
        using TeeContext client = _served.Connect();
        client.AllocateSharedMemory(Large).Dispose();

        using SharedMemory smaller = client.AllocateSharedMemory(Large - 1);

        Assert.Equal(Large - 1, smaller.Size);
        Assert.Equal(2, _served.Tee.PlugCount);
    }

    [Fact]
    public void What_a_client_does_not_use_for_a_moment_goes_back_to_the_server()
    {
        using TeeContext client = _served.Connect();
        client.AllocateSharedMemory(Large).Dispose();
        Assert.Equal(1, _served.Tee.BankCount);

        Assert.True(SpinWait.SpinUntil(() => _served.Tee.BankCount == 0, Deadline));
    }

    [Fact]
    public void What_a_client_keeps_for_later_is_bounded_and_goes_with_its_context()
    {
        using (TeeContext client = _served.Connect())
        {
            SharedMemory[] many = [.. Enumerable.Range(0, 3 * IdleShm.MaxPieces).Select(_ => client.AllocateSharedMemory(4096))];
            Array.ForEach(many, memory => memory.Dispose());

            Assert.InRange(_served.Tee.BankCount, 0, IdleShm.MaxPieces);
        }

        Assert.True(SpinWait.SpinUntil(() => _served.Tee.BankCount == 0 && _served.Budget.Free == 1000, Deadline));
    }

    [Fact]
    public void A_client_that_has_had_its_share_gets_what_it_keeps_itself()
    {
        using var poor = new ServedTee(descriptors: 12);
        using TeeContext client = poor.Connect();

        for (int size = 1; size <= 20; size++)
            client.AllocateSharedMemory(size * 4096).Dispose();

        Assert.Equal(20, poor.Tee.PlugCount);
    }

    [Theory]
    [InlineData("restricted")]
    [InlineData("heap")]
    [InlineData("registered")]
    public void What_a_client_keeps_itself_makes_room_for_whatever_else_it_asks_for(string what)
    {
        using var poor = new ServedTee(descriptors: 12);
        using TeeContext client = poor.Connect();
        using DmaBufHandle buffer = client.AllocateRestricted(UseCase.SecureVideoPlay, 4096);
        List<SharedMemory> all = [];
        Assert.Throws<TeecException>(() =>
        {
            while (all.Count < 12)
                all.Add(client.AllocateSharedMemory(4096));
        });
        all.ForEach(memory => memory.Dispose());

        using IDisposable other = what switch
        {
            "restricted" => client.AllocateRestricted(UseCase.SecureVideoPlay, 4096),
            "heap" => client.AllocateRestricted(buffer.HeapName, 4096),
            _ => client.RegisterSharedMemory(buffer),
        };

        Assert.Equal(0, poor.Tee.BankCount);
    }

    [Fact]
    public void Memory_that_a_call_under_way_refers_to_is_not_handed_to_the_next()
    {
        const int Id = 7;
        using RemoteChannel channel = RemoteChannel.Open(_served.Path);
        using var idle = new IdleShm(channel);
        using Microsoft.Win32.SafeHandles.SafeFileHandle memfd = RamBank.CreateSealedMemfd(8192, "referred to");
        using (RemoteChannel.Lease call = channel.Rent())
        {
            call.Refer([new TeeIoctlParam { Attr = 5, C = Id }]);
            new RemoteShm(new ShmMapping(Id, 4096, memfd), channel, idle).Dispose();
            Assert.Equal(0, idle.Count);
        }

        new RemoteShm(new ShmMapping(Id, 4096, memfd), channel, idle).Dispose();
        Assert.Equal(1, idle.Count);
    }

    [Fact]
    public void What_is_known_of_a_banks_pages_goes_with_the_bank()
    {
        using TeeDeviceFile file = _served.Tee.OpenFile();
        int before = _served.Tee.Os.Relayer.BankCount;

        for (int i = 0; i < 10; i++)
        {
            byte[] argument = new byte[16];
            BitConverter.TryWriteBytes(argument, 4096UL);
            int descriptor = file.Ioctl(TeeIoctl.ShmAlloc, argument);
            Assert.True(descriptor > 0);
            new Microsoft.Win32.SafeHandles.SafeFileHandle(descriptor, ownsHandle: true).Dispose();
            Assert.Equal(before + 1, _served.Tee.Os.Relayer.BankCount);
            Assert.Equal(0, file.CloseShm(System.Runtime.InteropServices.MemoryMarshal.Read<TeeIoctlShmAllocData>(argument).Id));
        }

        Assert.Equal(before, _served.Tee.Os.Relayer.BankCount);
    }
}
