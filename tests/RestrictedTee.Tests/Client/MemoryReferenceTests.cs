using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Board;
using RestrictedTee.Tests.Harness;

namespace RestrictedTee.Tests.Client;

/// <summary>Which bytes of a client a request touches: those that it refers to, and of an output those that the TA answers for.</summary>
public sealed class MemoryReferenceTests : IDisposable
{
    private const byte Untouched = 0x11, Written = 0xAB;

    private readonly InProcessTee _tee = new();
    private readonly TeeContext _context;
    private readonly TeeSession _session;

    public MemoryReferenceTests()
    {
        _context = _tee.OpenContext();
        _session = _context.OpenSession(TestTa.Writing);
    }

    public void Dispose()
    {
        _session.Dispose();
        _context.Dispose();
        _tee.Dispose();
    }

    [Theory]
    [InlineData(Direction.Output)]
    [InlineData(Direction.InOut)]
    public void A_partial_output_leaves_the_rest_of_a_registered_region_alone(Direction direction)
    {
        byte[] own = Filled(256);
        using SharedMemory region = _context.RegisterSharedMemory(own.AsMemory());

        Assert.Equal(TeecResult.Success, Write(Parameter.Partial(region, direction, 64, 32), written: 16, said: 16, out _));

        AssertWritten(own, from: 64, count: 16);
    }

    [Fact]
    public void What_a_ta_does_not_write_of_an_output_comes_back_as_it_was()
    {
        byte[] own = Filled(256), temporary = Filled(256);
        using SharedMemory region = _context.RegisterSharedMemory(own.AsMemory());

        Write(Parameter.Whole(region), written: 16, said: 256, out _);
        Write(Parameter.TempOutput(temporary), written: 16, said: 256, out _);

        AssertWritten(own, from: 0, count: 16);
        AssertWritten(temporary, from: 0, count: 16);
    }

    [Fact]
    public void A_call_on_one_part_of_a_region_leaves_what_another_changes_meanwhile()
    {
        byte[] own = Filled(256);
        using SharedMemory region = _context.RegisterSharedMemory(own.AsMemory());
        using SharedMemory arrived = _context.AllocateSharedMemory(1);
        using TeeSession other = _context.OpenSession(TestTa.Writing);
        var slow = new Operation(Parameter.Partial(arrived, Direction.Output, 0, 1), Parameter.Partial(region, Direction.Output, 0, 16));
        var thread = new Thread(() => _session.TryInvoke(2, slow, out _));
        thread.Start();
        Assert.True(SpinWait.SpinUntil(() => arrived.Span[0] == 1, TimeSpan.FromSeconds(30)));

        Assert.Equal(TeecResult.Success, Write(other, Parameter.Partial(region, Direction.Output, 128, 16), written: 16, said: 16, out _));
        own[32] = 0x77;
        slow.RequestCancellation();

        Assert.True(thread.Join(TimeSpan.FromSeconds(30)));
        Assert.Equal(0xCD, own[15]);
        Assert.Equal(0x77, own[32]);
        Assert.All(own[128..144], b => Assert.Equal(Written, b));
    }

    [Fact]
    public void A_whole_reference_used_again_passes_the_whole_region()
    {
        using SharedMemory region = _context.AllocateSharedMemory(256);
        byte[] memory = new byte[128];
        Parameter[] references = [Parameter.Whole(region), Parameter.Partial(region, Direction.InOut, 0, 100), Parameter.TempInOut(memory)];

        foreach (Parameter reference in references)
        {
            var operation = new Operation(reference, Parameter.ValueOutput());
            int room = operation[0].Size;
            for (int call = 0; call < 2; call++)
            {
                _session.Invoke(1, operation);
                Assert.Equal(((uint)room, 1), (operation[1].A, operation[0].Size));
            }
        }
    }

    [Fact]
    public void Of_a_short_buffer_as_much_as_fits_comes_back()
    {
        byte[] temporary = Filled(64), own = Filled(64);
        using SharedMemory region = _context.RegisterSharedMemory(own.AsMemory());

        Assert.Equal(TeecResult.ShortBuffer, Write(Parameter.TempOutput(temporary), 64, 1000, out Parameter output, TeecResult.ShortBuffer));
        Assert.Equal(1000, output.Size);
        Assert.Equal(TeecResult.ShortBuffer, Write(Parameter.Whole(region), 64, 1000, out _, TeecResult.ShortBuffer));

        AssertWritten(temporary, from: 0, count: 64);
        AssertWritten(own, from: 0, count: 64);
    }

    [Fact]
    public void Outputs_are_untouched_by_a_call_that_did_not_reach_the_ta()
    {
        byte[] temporary = Filled(64);
        var operation = new Operation(Parameter.TempOutput(temporary), Parameter.ValueInput(1), Parameter.ValueInput(1), Parameter.ValueInput(1));

        Assert.Equal(TeecResult.BadParameters, _session.TryInvoke(0, operation, out _)); // a shape that the TA does not have
        _tee.Driver.Dispose();
        Assert.Equal(TeecResult.Communication, _session.TryInvoke(0, operation, out TeecOrigin origin));

        Assert.Equal(TeecOrigin.Comms, origin);
        Assert.Equal(64, operation[0].Size);
        AssertWritten(temporary, from: 0, count: 0);
    }

    [Fact]
    public void Temporary_memory_goes_as_far_as_shared_memory_does()
    {
        // More than half of what the board has, so that the next power of two is too much.
        int size = (int)(InProcessTee.SmallBoard.NormalRam.Size / 2) + (1 << 20);
        byte[] memory = new byte[size];

        Assert.Equal(TeecResult.Success, Write(Parameter.TempOutput(memory), size, size, out _));

        Assert.Equal(Written, memory[^1]);
        _tee.AssertStillServes();
    }

    [Fact]
    public void Temporary_memory_that_is_too_much_is_a_result()
    {
        byte[] memory = GC.AllocateUninitializedArray<byte>((1 << 30) + 1); // untouched, so that it takes no memory

        Assert.Equal(TeecResult.OutOfMemory, Write(Parameter.TempInOut(memory), 0, 0, out _));
        Assert.Equal(TeecResult.OutOfMemory, _context.TryOpenSession(TestTa.Writing, TeecLogin.Public, 0, new Operation(Parameter.TempInput(memory)), out _, out TeecOrigin origin));

        Assert.Equal(TeecOrigin.Api, origin);
    }

    [Fact]
    public void Shared_memory_of_size_0_can_be_made_and_referred_to()
    {
        using SharedMemory empty = _context.AllocateSharedMemory(0);

        Assert.Equal((0, 0), (empty.Size, empty.Span.Length));
        Assert.Equal(TeecResult.Success, Write(Parameter.Whole(empty), 0, 0, out _));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    [InlineData(7)]
    [InlineData(8)]
    public void Flags_of_shared_memory_that_there_are_not_are_refused_at_once(uint flags)
    {
        using var handle = _context.AllocateRestricted(UseCase.SecureVideoPlay, 4096);
        Action[] makers =
        [
            () => _context.AllocateSharedMemory(16, (Direction)flags),
            () => _context.RegisterSharedMemory(new byte[16].AsMemory(), (Direction)flags),
            () => _context.RegisterSharedMemory(handle, (Direction)flags),
        ];

        foreach (Action make in makers)
        {
            TeecException refused = Assert.Throws<TeecException>(make);
            Assert.Equal((TeecResult.BadParameters, TeecOrigin.Api), (refused.Result, refused.Origin));
        }
    }

    [Fact]
    public void What_cannot_be_passed_is_a_result_from_the_api()
    {
        using SharedMemory region = _context.AllocateSharedMemory(256);
        using SharedMemory input = _context.AllocateSharedMemory(256, Direction.Input);
        SharedMemory released = _context.AllocateSharedMemory(256);
        released.Dispose();
        Parameter[] references =
        [
            Parameter.Partial(region, Direction.Output, 0, 257),
            Parameter.Partial(region, Direction.Output, 256, 1),
            Parameter.Partial(region, Direction.Output, -1, 1),
            Parameter.Partial(region, Direction.Output, 1, -1),
            Parameter.Partial(region, Direction.Output, int.MaxValue, int.MaxValue),
            Parameter.Partial(region, 0, 0, 1),
            Parameter.Partial(region, (Direction)8, 0, 1),
            Parameter.Partial(input, Direction.Output, 0, 1),
            Parameter.Whole(released),
            Parameter.TempOutput(new byte[4]) with { Size = 5 },
            Parameter.TempOutput(new byte[4]) with { Size = -1 },
        ];

        Assert.All(references, reference =>
        {
            TeecResult result = _session.TryInvoke(0, new Operation(reference), out TeecOrigin origin);
            Assert.Equal((TeecResult.BadParameters, TeecOrigin.Api), (result, origin));
        });
    }

    [Fact]
    public void An_operation_that_is_under_way_is_refused_as_a_result()
    {
        using SharedMemory arrived = _context.AllocateSharedMemory(1);
        using TeeSession other = _context.OpenSession(TestTa.Writing);
        var operation = new Operation(Parameter.Partial(arrived, Direction.Output, 0, 1), Parameter.TempOutput(new byte[1]));
        var thread = new Thread(() => _session.TryInvoke(2, operation, out _));
        thread.Start();
        Assert.True(SpinWait.SpinUntil(() => arrived.Span[0] == 1, TimeSpan.FromSeconds(30)));

        TeecResult invoked = other.TryInvoke(2, operation, out TeecOrigin invokeOrigin);
        TeecResult opened = _context.TryOpenSession(TestTa.Writing, TeecLogin.Public, 0, operation, out _, out TeecOrigin openOrigin);
        operation.RequestCancellation();

        Assert.True(thread.Join(TimeSpan.FromSeconds(30)));
        Assert.Equal((TeecResult.BadState, TeecOrigin.Api), (invoked, invokeOrigin));
        Assert.Equal((TeecResult.BadState, TeecOrigin.Api), (opened, openOrigin));
    }

    private TeecResult Write(Parameter memory, int written, int said, out Parameter after, TeecResult wanted = TeecResult.Success) =>
        Write(_session, memory, written, said, out after, wanted);

    private static TeecResult Write(TeeSession session, Parameter memory, int written, int said, out Parameter after, TeecResult wanted = TeecResult.Success)
    {
        var operation = new Operation(memory, Parameter.ValueInput((uint)written, (uint)said), Parameter.ValueInput((uint)wanted));
        TeecResult result = session.TryInvoke(0, operation, out _);
        after = operation[0];
        return result;
    }

    private static byte[] Filled(int size)
    {
        byte[] bytes = new byte[size];
        Array.Fill(bytes, Untouched);
        return bytes;
    }

    private static void AssertWritten(byte[] memory, int from, int count)
    {
        for (int i = 0; i < memory.Length; i++)
            Assert.Equal(i >= from && i < from + count ? Written : Untouched, memory[i]);
    }
}
