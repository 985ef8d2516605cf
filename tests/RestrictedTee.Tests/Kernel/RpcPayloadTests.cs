using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Kernel.Memory;
using RestrictedTee.SecureWorld.Kernel.Threads;
using RestrictedTee.SecureWorld.MemorySharing;
using RestrictedTee.SecureWorld.SecretMemory;
using RestrictedTee.SmcTransport.Abi;
using RestrictedTee.SmcTransport.Conduits;
using RestrictedTee.SmcTransport.Frames;
using RestrictedTee.SmcTransport.NormalRam;

namespace RestrictedTee.Tests.Kernel;

/// <summary>Requests to the normal world that take more along, or bring more back, than their parameters hold.</summary>
public sealed class RpcPayloadTests : IDisposable
{
    private const ulong Cookie = 0xC0FFEE, ArgumentOffset = 0, PayloadOffset = 0x2000;

    private readonly NormalRamMap _ram = new();
    private readonly RamBank _bank = RamBank.Create(PhysicalRange.Create(new PhysicalAddress(0x4000_0000), 1 << 16), "rpc payloads");
    private readonly MemoryRelayer _relayer;
    private readonly List<OpteeRpcCommand> _seen = [];
    private Answer _answer = (ref _, _) => TeeResult.Success;

    public RpcPayloadTests()
    {
        _ram.TryPlug(_bank);
        _relayer = new MemoryRelayer(_ram, SecretMemoryChoice.Off);
    }

    private delegate TeeResult Answer(ref OpteeMessage message, Span<byte> shared);

    public void Dispose()
    {
        _relayer.Dispose();
        _ram.Dispose();
    }

    [Fact]
    public void Payloads_go_along_and_answers_come_back_side_by_side()
    {
        byte[] name = [1, 2, 3], room = new byte[16], both = new byte[8];
        _answer = (ref message, shared) =>
        {
            Assert.Equal((OpteeMsgAttr.RmemInput, 3UL), (message.Params[1].Type, message.Params[1].B));
            Assert.Equal((OpteeMsgAttr.RmemOutput, 16UL), (message.Params[2].Type, message.Params[2].B));
            Assert.Equal((OpteeMsgAttr.RmemInOut, 8UL), (message.Params[3].Type, message.Params[3].B));
            Assert.Equal([1, 2, 3], shared.Slice((int)message.Params[1].A, 3).ToArray());
            Assert.Equal(9, shared[(int)message.Params[3].A]);
            shared.Slice((int)message.Params[2].A, 5).Fill(0x42);
            message.Params[2].B = 5;
            shared.Slice((int)message.Params[3].A, 8).Fill(0x24);
            return TeeResult.Success;
        };

        (TeeResult result, OpteeMessage message) = Call([RpcPayload.In(1, name), RpcPayload.Out(2, room), RpcPayload.InOut(3, new byte[] { 9 }, both)]);

        Assert.Equal((TeeResult.Success, 5UL), (result, message.Params[2].B));
        Assert.Equal([0x42, 0x42, 0x42, 0x42, 0x42, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], room);
        Assert.All(both, b => Assert.Equal(0x24, b));
        Assert.Equal([OpteeRpcCommand.ShmAlloc, OpteeRpcCommand.LoadTa, OpteeRpcCommand.ShmFree], _seen);
        AssertAllFree();
    }

    [Theory]
    [InlineData(17UL)]
    [InlineData(ulong.MaxValue)]
    public void An_answer_that_is_larger_than_its_room_is_refused_and_its_memory_freed(ulong size)
    {
        byte[] room = new byte[16];
        _answer = (ref message, shared) =>
        {
            shared.Fill(0x42);
            message.Params[1].B = size;
            return TeeResult.Success;
        };

        Assert.Equal(TeeResult.BadFormat, Call([RpcPayload.Out(1, room)]).Result);

        Assert.All(room, b => Assert.Equal(0, b));
        Assert.Equal(OpteeRpcCommand.ShmFree, _seen[^1]);
        AssertAllFree();
    }

    [Fact]
    public void A_request_that_fails_brings_nothing_back_and_its_memory_is_freed()
    {
        byte[] room = new byte[16];
        _answer = (ref _, shared) =>
        {
            shared.Fill(0x42);
            return TeeResult.ItemNotFound;
        };

        Assert.Equal(TeeResult.ItemNotFound, Call([RpcPayload.Out(1, room)]).Result);

        Assert.All(room, b => Assert.Equal(0, b));
        Assert.Equal(OpteeRpcCommand.ShmFree, _seen[^1]);
        AssertAllFree();
    }

    [Fact]
    public void A_payload_for_which_there_is_no_memory_is_not_sent()
    {
        Assert.Equal(TeeResult.OutOfMemory, Call([RpcPayload.In(1, new byte[1 << 17])]).Result);

        Assert.DoesNotContain(OpteeRpcCommand.LoadTa, _seen);
    }

    private (TeeResult Result, OpteeMessage Message) Call(RpcPayload[] payloads)
    {
        var message = default(OpteeMessage);
        message.Arg.ParameterCount = 4;
        TeeResult result = default;
        Exception? failure = null;
        SharedMemory argument = SharedMemory.FromRange(_relayer, PhysicalRange.Create(_bank.Range.Start + ArgumentOffset, OpteeMsg.PageSize), cookie: 0)!;
        var tee = new TeeThread(new NoConduit(), number: 0, isFastOnly: false)
        {
            ResumeInformation = 1,
            RpcArgument = new RpcArgument(argument, 0, 0, IsAllocated: false),
        };
        var thread = new Thread(() =>
        {
            tee.BindToOsThread();
            try
            {
                result = new RpcClient(new Border(this)).CallWithPayload(OpteeRpcCommand.LoadTa, ref message, payloads);
            }
            catch (Exception e)
            {
                failure = e;
            }
        });
        thread.Start();
        Assert.True(thread.Join(TimeSpan.FromSeconds(30)), "the request does not end");
        argument.Release();
        Assert.Null(failure);
        return (result, message);
    }

    private void AssertAllFree() => Assert.True(_ram.TryUnplug(_bank.Range.Start), "memory of the request is still held");

    /// <summary>The normal world, on the other side of a function call.</summary>
    private sealed class Border(RpcPayloadTests test) : RpcBorder
    {
        internal override OpteeMsgParam NullMemref => default;

        internal override void Request(TeeThread thread, RpcArgument argument)
        {
            Span<byte> place = test._bank.GetSpan(ArgumentOffset, OpteeMsg.PageSize);
            var message = default(OpteeMessage);
            message.ReadHead(place);
            int count = (int)message.Arg.ParameterCount;
            message.ReadParameters(place, count);
            var command = (OpteeRpcCommand)message.Arg.Command;
            test._seen.Add(command);
            message.Arg.Result = (uint)(command switch
            {
                OpteeRpcCommand.LoadTa => test._answer(ref message, test._bank.GetSpan(PayloadOffset, 0x1000)),
                OpteeRpcCommand.ShmAlloc => Allocate(ref message),
                _ => TeeResult.Success,
            });
            message.WriteTo(place, count);
        }

        internal override RpcArgument? ArgumentOf(TeeThread thread) => thread.RpcArgument;

        internal override void EndOfCall(TeeThread thread)
        {
            // Nothing was allocated.
        }

        internal override SharedMemory? OpenAllocated(in OpteeMsgParam answer, ulong size, out ulong cookie, out ulong offset)
        {
            (cookie, offset) = (answer.C, 0);
            return SharedMemory.FromRange(test._relayer, PhysicalRange.Create(new PhysicalAddress(answer.A), size), cookie);
        }

        internal override void Retire(ulong cookie) => Assert.Equal(Cookie, cookie);

        private TeeResult Allocate(ref OpteeMessage message)
        {
            if (message.Params[0].B > 0x1000)
                return TeeResult.OutOfMemory;
            message.Params[0] = new OpteeMsgParam { Attr = (ulong)OpteeMsgAttr.TmemOutput, A = test._bank.Range.Start.Value + PayloadOffset, B = message.Params[0].B, C = Cookie };
            return TeeResult.Success;
        }
    }

    private sealed class NoConduit : IConduit
    {
        public bool TrySend(in SmcFrame frame) => false;

        public bool TryReceive(ref SmcFrame frame) => false;

        public void Dispose()
        {
        }
    }
}
