using System.Buffers.Binary;
using System.Runtime.InteropServices;
using FsCheck;
using FsCheck.Fluent;
using RestrictedTee.SmcTransport.Abi;
using RestrictedTee.SmcTransport.Frames;
using RestrictedTee.SmcTransport.NormalRam;
using RestrictedTee.Tests.Harness;
using RestrictedTee.Xtest;

namespace RestrictedTee.Tests.Hostile;

/// <summary>
/// Invariant 2: whatever the normal world sends, the secure world answers with a proper code and goes on serving. The bodies
/// take one input each, so that a failure can be run again with the seed that it prints.
/// </summary>
public sealed class GarbageTests : IDisposable
{
    private const int Inputs = 100_000;
    private const ulong Seed = 20250801;

    private static readonly uint[] ProperCodes =
    [
        OpteeSmc.ReturnOk, OpteeSmc.ReturnEThreadLimit, OpteeSmc.ReturnEBusy, OpteeSmc.ReturnEResume, OpteeSmc.ReturnEBadAddr,
        OpteeSmc.ReturnEBadCmd, OpteeSmc.ReturnENoMem, OpteeSmc.ReturnENotAvail, OpteeSmc.ReturnUnknownFunction,
    ];

    private readonly InProcessTee _tee = new();

    public void Dispose() => _tee.Dispose();

    [Fact]
    public void Invariant_2_garbage_frames_get_proper_codes()
    {
        ulong[] functions = [.. OpteeSmc.Calls.Rows.Select(r => r.Number)];
        ulong[] words = Interesting();
        Gen<ulong> word = Gen.OneOf(Gen.Elements(words), ArbMap.Default.GeneratorFor<ulong>());
        Gen<ulong> function = Gen.OneOf(Gen.Elements(functions), word);
        Gen<ulong[]> frames = from f in function
                              from rest in Gen.ArrayOf(word, SmcFrame.RegisterCount - 1)
                              select (ulong[])[f, .. rest];

        Check(frames, registers =>
        {
            SmcFrame frame = default;
            registers.CopyTo((Span<ulong>)frame);
            uint asked = frame.A0;
            SmcFrame answer = Drive(frame);
            return IsProper(asked, answer.A0);
        });

        AssertSuitePasses();
    }

    [Fact]
    public void Invariant_2_garbage_messages_get_proper_codes()
    {
        // Some of the messages get as far as a TA: one that copies, one that digests, one that counts.
        using NormalWorld.Client.TeeContext victim = _tee.OpenContext();
        uint[] sessions =
        [
            0, 1, uint.MaxValue, victim.OpenSession(Contracts.SdpBasic.Uuid).Id, victim.OpenSession(Contracts.Crypt.Uuid).Id, victim.OpenSession(Contracts.HelloWorld.Uuid).Id,
        ];
        ulong[] words = Interesting();
        Gen<ulong> word = Gen.Frequency((4, Gen.Elements(words)), (1, ArbMap.Default.GeneratorFor<ulong>()));
        Gen<ulong> attr = Gen.Frequency(
            (6, Gen.Elements<ulong>(0, 1, 2, 3, 5, 6, 7, 9, 10, 11, 0x101, 0x20a, 0x209, 0x20b)), (1, word));
        Gen<(uint[] Head, ulong[] Body)> messages =
            from command in Gen.Frequency((5, Gen.Choose(0, 12)), (1, Gen.Choose(0, int.MaxValue)))
            from function in Gen.Choose(0, 20)
            from session in Gen.Elements(sessions)
            from count in Gen.Frequency((8, Gen.Choose(0, 7)), (1, Gen.Choose(0, 300)))
            from body in Gen.ArrayOf(from a in attr
                                     from x in word
                                     from y in word
                                     from z in word
                                     select (ulong[])[a, x, y, z], 7)
            select ((uint[])[(uint)command, (uint)function, session, 0, 0, 0, 0, (uint)count], body.SelectMany(p => p).ToArray());

        Check(messages, message =>
        {
            Span<byte> page = _tee.RawPage;
            MemoryMarshal.AsBytes<uint>(message.Head).CopyTo(page);
            MemoryMarshal.AsBytes<ulong>(message.Body).CopyTo(page[OpteeMsgArg.Size..]);
            SmcFrame frame = default;
            frame.A0 = message.Head[1] % 2 == 0 ? OpteeSmc.CallWithArg : OpteeSmc.CallWithRpcArg;
            frame.A1A2 = _tee.RawAddress;
            return IsProper(frame.A0, Drive(frame).A0);
        });

        AssertSuitePasses();
    }

    [Fact]
    public void Invariant_3_a_message_that_changes_while_it_is_handled_is_harmless()
    {
        using NormalWorld.Client.TeeContext context = _tee.OpenContext();
        using NormalWorld.Client.TeeSession session = context.OpenSession(Contracts.OsTest.Uuid);
        bool stop = false;
        var flipper = new Thread(() =>
        {
            var random = new Random(3);
            while (!Volatile.Read(ref stop))
                _tee.RawPage[random.Next(OpteeMsg.ArgSize(6))] ^= (byte)(1 << random.Next(8));
        });
        flipper.Start();

        for (int i = 0; i < 20_000; i++)
        {
            var message = default(OpteeMessage);
            message.Arg.Command = (uint)OpteeMsgCommand.InvokeCommand;
            message.Arg.Session = session.Id;
            message.Arg.Function = Contracts.OsTest.CommandParams;
            message.Arg.ParameterCount = 4;
            for (int p = 0; p < 4; p++)
                message.Params[p] = new OpteeMsgParam { Attr = p < 2 ? 9u : 10u, A = _tee.RawAddress, B = 64 };
            message.WriteTo(_tee.RawPage, 4);
            SmcFrame frame = default;
            frame.A0 = OpteeSmc.CallWithArg;
            frame.A1A2 = _tee.RawAddress;
            Assert.True(IsProper(frame.A0, Drive(frame).A0));
        }

        Volatile.Write(ref stop, true);
        flipper.Join();
        _tee.AssertStillServes();
    }

    [Fact]
    public void A_page_list_that_points_anywhere_is_refused()
    {
        ulong ram = _tee.Board.NormalRam.Base;
        ulong end = ram + _tee.Board.NormalRam.Size;
        (ulong Pointer, ulong Size, ulong FirstPage)[] lists =
        [
            (_tee.RawAddress + 4096, 0, ram),
            (_tee.RawAddress + 4096, ulong.MaxValue, ram),
            (_tee.RawAddress + 4096, 4096, end),
            (_tee.RawAddress + 4096, 4096, ram + 1),
            (_tee.RawAddress + 4096, 4097, end - 4096),
            (end - 4096, 600 * 4096, ram),
            (0xFFFF_FFFF_FFFF_F000, 4096, ram),
            (_tee.Board.Pools[0].Base, 4096, ram),
            (_tee.RawAddress + 4096, 4096, _tee.Board.Pools[0].Base),
            (_tee.RawAddress + 4096, 4096, _tee.Board.SecureRam.Base),
        ];
        foreach ((ulong pointer, ulong size, ulong firstPage) in lists)
        {
            var message = default(OpteeMessage);
            message.Arg.Command = (uint)OpteeMsgCommand.RegisterShm;
            message.Arg.ParameterCount = 1;
            message.Params[0] = new OpteeMsgParam { Attr = (ulong)OpteeMsgAttr.TmemOutput | OpteeMsg.AttrNoncontig, A = pointer, B = size, C = 0xC001 };
            BinaryPrimitives.WriteUInt64LittleEndian(_tee.RawPage[OpteeMsg.PageSize..], firstPage);

            Assert.Equal(OpteeSmc.ReturnOk, _tee.Message(ref message));
            Assert.Equal((uint)Sdk.TeeResult.BadParameters, message.Arg.Result);
        }
    }

    [Fact]
    public void Pages_from_anywhere_become_one_buffer_in_their_order()
    {
        // Two pages in reverse order: the digest of the buffer must be that of the pages as listed.
        ulong list = _tee.RawAddress + OpteeMsg.PageSize;
        ulong first = _tee.Board.NormalRam.Base + 0x9_1000, second = _tee.Board.NormalRam.Base + 0x9_0000;
        byte[] content = [.. Enumerable.Range(0, 6000).Select(i => unchecked((byte)(i * 7)))];
        const uint Offset = 100;
        content.AsSpan(0, OpteeMsg.PageSize - (int)Offset).CopyTo(_tee.Bank.GetSpan(0x9_1000 + Offset, OpteeMsg.PageSize - (int)Offset));
        content.AsSpan(OpteeMsg.PageSize - (int)Offset).CopyTo(_tee.Bank.GetSpan(0x9_0000, OpteeMsg.PageSize));
        BinaryPrimitives.WriteUInt64LittleEndian(_tee.RawPage[OpteeMsg.PageSize..], first);
        BinaryPrimitives.WriteUInt64LittleEndian(_tee.RawPage[(OpteeMsg.PageSize + 8)..], second);
        using NormalWorld.Client.TeeContext context = _tee.OpenContext();
        using NormalWorld.Client.TeeSession session = context.OpenSession(Contracts.Crypt.Uuid);

        var message = default(OpteeMessage);
        message.Arg.Command = (uint)OpteeMsgCommand.InvokeCommand;
        message.Arg.Session = session.Id;
        message.Arg.Function = Contracts.Crypt.CommandSha256;
        message.Arg.ParameterCount = 2;
        message.Params[0] = new OpteeMsgParam { Attr = (ulong)OpteeMsgAttr.TmemInput | OpteeMsg.AttrNoncontig, A = list + Offset, B = (ulong)content.Length, C = 1 };
        message.Params[1] = new OpteeMsgParam { Attr = (ulong)OpteeMsgAttr.TmemOutput, A = _tee.RawAddress + 512, B = 32 };

        Assert.Equal(OpteeSmc.ReturnOk, _tee.Message(ref message));
        Assert.Equal(0u, message.Arg.Result);
        Assert.Equal(System.Security.Cryptography.SHA256.HashData(content), _tee.RawPage.Slice(512, 32).ToArray());
    }

    [Fact]
    public void A_memory_object_stays_mapped_for_the_call_that_uses_it()
    {
        // Unregister the memory of a waiting call, then let the call write to it.
        using NormalWorld.Client.TeeContext context = _tee.OpenContext();
        NormalWorld.Client.SharedMemory memory = context.AllocateSharedMemory(64 * 1024);
        using NormalWorld.Client.TeeSession session = context.OpenSession(Contracts.Concurrent.Uuid);
        var operation = new NormalWorld.Client.Operation(
            NormalWorld.Client.Parameter.Partial(memory, NormalWorld.Client.Direction.InOut, 0, 4), NormalWorld.Client.Parameter.ValueInOut(2_000_000));
        NormalWorld.Uapi.TeecResult result = default;
        var thread = new Thread(() => result = session.TryInvoke(Contracts.Concurrent.CommandBusyLoop, operation, out _));
        thread.Start();
        SpinWait.SpinUntil(() => memory.Span[0] != 0, TimeSpan.FromSeconds(10));

        memory.Dispose();
        thread.Join();

        Assert.Equal(NormalWorld.Uapi.TeecResult.Success, result);
        _tee.AssertStillServes();
    }

    [Fact]
    public void A_bank_that_could_shrink_is_refused()
    {
        int fd = SmcTransport.Interop.Libc.MemfdCreate("unsealed", SmcTransport.Interop.Libc.MfdCloexec | SmcTransport.Interop.Libc.MfdAllowSealing);
        Assert.Equal(0, SmcTransport.Interop.Libc.FTruncate(fd, 4096));

        Assert.Throws<InvalidDataException>(() => RamBank.Attach(new Microsoft.Win32.SafeHandles.SafeFileHandle(fd, ownsHandle: true), PhysicalRange.Create(new PhysicalAddress(0x1_0000_0000), 4096)));
    }

    /// <summary>The suite, but for the cases that only take time, on the instance that was just maltreated.</summary>
    private void AssertSuitePasses()
    {
        string[] cases = ["1001", "1002", "1004", "1005", "1006", "1007", "1010", "1012", "1014", "1016", "1017", "1018", "1021", "1025", "1026", "1027", "1028", "1032"];
        using var output = new StringWriter();
        using var host = new Xtest.Framework.XtestHost(_tee.OpenContext, level: 0, output);

        Xtest.Framework.XtestSummary summary = Xtest.Framework.XtestRunner.Run(
            new Xtest.Framework.XtestSelection(Xtest.XtestRegistry.Regression) { TestIds = cases }, host);

        Assert.True(summary.FailedCases == 0 && summary.Cases == cases.Length, output.ToString());
    }

    /// <summary>Sends a frame; a call that comes back with an RPC is given nothing until it ends.</summary>
    private SmcFrame Drive(SmcFrame frame)
    {
        SmcFrame answer = _tee.Smc(frame);
        while (OpteeSmc.IsRpc(answer.A0))
        {
            uint resume = answer.A3;
            answer = default;
            (answer.A0, answer.A3) = (OpteeSmc.CallReturnFromRpc, resume);
            answer = _tee.Smc(answer);
        }

        return answer;
    }

    // The calls that return data have it in a0, where any number is proper.
    private static bool IsProper(uint function, uint code) =>
        ProperCodes.Contains(code)
        || function is OpteeSmc.CallsUid or OpteeSmc.CallsCount or OpteeSmc.CallsRevision or OpteeSmc.GetOsUuid or OpteeSmc.GetOsRevision;

    private ulong[] Interesting()
    {
        ulong ram = _tee.Board.NormalRam.Base;
        return
        [
            0, 1, 2, 7, 8, 4095, 4096, 4097, uint.MaxValue, ulong.MaxValue, ulong.MaxValue - 4095, long.MaxValue, 1UL << 63,
            ram, ram + 8, ram + 4096, _tee.RawAddress, _tee.RawAddress + 4096, ram + _tee.Board.NormalRam.Size, ram + _tee.Board.NormalRam.Size - 8,
            _tee.Board.Pools[0].Base, _tee.Board.Pools[0].Base + 4096, _tee.Board.SecureRam.Base, 0x10_0001, 0x10_0002, 0x8000_0000, 0xFFFF_0005,
        ];
    }

    private static void Check<T>(Gen<T> generator, Func<T, bool> property)
    {
        Config config = Config.QuickThrowOnFailure.WithMaxTest(Inputs).WithStartSize(1).WithEndSize(1).WithReplay(Seed, 1).WithQuietOnSuccess(true);
        Prop.ForAll(generator.ToArbitrary(), property).Check(config);
    }
}
