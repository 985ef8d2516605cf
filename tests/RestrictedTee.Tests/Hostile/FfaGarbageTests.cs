using System.Runtime.InteropServices;
using RestrictedTee.NormalWorld.Device;
using RestrictedTee.NormalWorld.Driver.Ffa;
using RestrictedTee.NormalWorld.Shm;
using RestrictedTee.SmcTransport.Abi;
using RestrictedTee.SmcTransport.Abi.Ffa;
using RestrictedTee.SmcTransport.Board;
using RestrictedTee.SmcTransport.Frames;
using RestrictedTee.SmcTransport.NormalRam;
using RestrictedTee.Tests.Harness;
using RestrictedTee.Xtest;

namespace RestrictedTee.Tests.Hostile;

/// <summary>Invariant 2 over FF-A: garbage registers, garbage descriptors, and good descriptors with a few bytes changed.</summary>
public sealed class FfaGarbageTests : IDisposable
{
    private const int Inputs = 100_000;
    private const int Seed = 3;

    private readonly InProcessTee _tee = new(board: InProcessTee.DynamicBoard, abi: ConduitAbi.Ffa);

    private FfaDriver Ffa => ((FfaAbi)_tee.Driver.Abi).Ffa;
    private readonly Random _random = new(Seed);
    private readonly ShmBlock _scratch;

    public FfaGarbageTests() => _scratch = _tee.Driver.Shm.Allocate(16 * PhysicalAddress.PageSize);

    public void Dispose() => _tee.Dispose();

    [Fact]
    public void Invariant_2_garbage_over_ffa_gets_proper_answers()
    {
        // Not among them: what would take the driver's own buffers away from it, which a normal world may do to itself.
        uint[] functions = [.. FfaCalls.Surface.Rows.Select(row => (uint)row.Number).Where(f => f != FfaFunction.RxTxUnmap)];
        ulong[] words = Interesting();
        for (int i = 0; i < Inputs; i++)
        {
            SmcFrame frame = default;
            for (int register = 1; register < SmcFrame.RegisterCount; register++)
                frame[register] = _random.Next(3) == 0 ? (ulong)_random.NextInt64() : words[_random.Next(words.Length)];
            frame[0] = _random.Next(8) == 0 ? words[_random.Next(words.Length)] : functions[_random.Next(functions.Length)];
            if (_random.Next(2) == 0)
                frame[1] = (ulong)(_random.Next(2) == 0 ? 0x8001 + _random.Next(6) : _random.Next(0x10000));

            AssertProper(Drive(frame));
        }

        AssertStillServes();
    }

    [Fact]
    public void Invariant_2_spoilt_descriptors_get_proper_answers_and_no_page_is_lost()
    {
        Span<byte> tx = _tee.Bank.GetSpan(Ffa.TxRange.Start.Value - _tee.Bank.Range.Start.Value, 4096);
        uint[] functions = [FfaFunction.MemShare32, FfaFunction.MemLend64, FfaFunction.MemDonate32, FfaFunction.MemRetrieveReq32, FfaFunction.MemRelinquish, FfaFunction.MemFragTx];
        int succeeded = 0;
        for (int i = 0; i < Inputs; i++)
        {
            uint function = functions[_random.Next(functions.Length)];
            byte[] bytes = Draft(function & ~FfaFunction.Is64Bit);
            int changes = _random.Next(4);
            for (int change = 0; change < changes; change++)
                bytes[_random.Next(bytes.Length)] = (byte)_random.Next(256);
            bytes.CopyTo(tx);
            SmcFrame frame = default;
            (frame.A0, frame.A1, frame.A2) = (function, (uint)bytes.Length, (uint)(_random.Next(8) == 0 ? _random.Next(bytes.Length + 64) : bytes.Length));

            SmcFrame answer = Drive(frame);

            AssertProper(answer);
            if (answer.A0 != FfaFunction.Success32 || function is FfaFunction.MemRelinquish or FfaFunction.MemRetrieveReq32)
                continue;
            succeeded++;
            SmcFrame reclaim = default;
            (reclaim.A0, reclaim.A1, reclaim.A2) = (FfaFunction.MemReclaim, answer.A2, answer.A3);
            Assert.Equal(FfaFunction.Success32, Drive(reclaim).A0);
        }

        Assert.True(succeeded > Inputs / 50, $"{succeeded} succeeded");
        // Every page can still be lent in one piece and comes back.
        MemoryHandle handle = Ffa.Send(FfaFunction.MemLend64, [_scratch.Range], [new FfaReceiver(new PartitionId(0x8002), FfaAccess.ReadWrite)]);
        Ffa.Reclaim(handle);
        AssertStillServes();
    }

    private byte[] Draft(uint function)
    {
        if (function == FfaFunction.MemRelinquish)
            return new byte[18];
        bool isShare = function == FfaFunction.MemShare32;
        FfaReceiver[] receivers = [new FfaReceiver(new PartitionId((ushort)(0x8001 + _random.Next(4))), function == FfaFunction.MemDonate32 ? FfaAccess.NotSpecified : FfaAccess.ReadWrite)];
        var head = new FfaTransactionHead(PartitionId.NormalWorld, isShare ? FfaMemoryAttributes.NormalWriteBackInner : (ushort)0, FfaMemoryFlags.None, default, 0);
        int ranges = function == FfaFunction.MemRetrieveReq32 ? 0 : 1 + _random.Next(2);
        byte[] bytes = new byte[FfaTransactionWriter.Length(FfaVersion.V1_2, 1, ranges == 0 ? null : ranges)];
        int at = FfaTransactionWriter.Write(bytes, FfaVersion.V1_2, head, receivers, (uint)ranges, (uint)ranges);
        for (int i = 0; i < ranges; i++)
        {
            ulong page = _scratch.Address.Value + ((ulong)((_random.Next(8) * 2) + i) * PhysicalAddress.PageSize);
            MemoryMarshal.Write(bytes.AsSpan(at + (i * FfaMemRange.Size)), new FfaMemRange { Address = page, PageCount = 1 });
        }

        return bytes;
    }

    /// <summary>Runs on what yields, and gives nothing to an RPC until its call ends.</summary>
    private SmcFrame Drive(SmcFrame frame)
    {
        SmcFrame answer = _tee.Smc(frame);
        while (true)
        {
            SmcFrame next = default;
            if (answer.A0 == FfaFunction.Yield)
                (next.A0, next.A1) = (FfaFunction.Run, answer.A1);
            else if (answer.A0 == FfaFunction.MsgSendDirectResp32 && answer.A1 == 0x8001_0000 && answer.A4 == OpteeFfa.ReturnRpcCmd && answer.A7 != 0)
                (next.A0, next.A1, next.A3, next.A7) = (FfaFunction.MsgSendDirectReq32, 0x8001, OpteeFfa.YieldingCallResume, answer.A7);
            else
                return answer;
            answer = _tee.Smc(next);
        }
    }

    private static void AssertProper(SmcFrame answer)
    {
        switch (answer.A0)
        {
            case FfaFunction.Error:
                Assert.InRange(unchecked((int)answer.A2), (int)FfaStatus.NoData, (int)FfaStatus.NotSupported);
                break;
            case FfaFunction.Success32 or FfaFunction.Success64 or FfaFunction.MemRetrieveResp or FfaFunction.MemFragRx or FfaFunction.MemFragTx:
            case FfaFunction.MsgSendDirectResp32 or FfaFunction.MsgSendDirectResp64 or FfaFunction.MsgSendDirectResp2:
                break;
            default:
                Assert.Contains(answer.A0, new[] { FfaVersion.V1_2.Value, OpteeSmc.ReturnUnknownFunction });
                break;
        }
    }

    private void AssertStillServes()
    {
        // RX may be full of what nobody asked for.
        SmcFrame release = default;
        release.A0 = FfaFunction.RxRelease;
        _tee.Smc(release);
        _tee.AssertStillServes();
        string[] cases = ["regression_1001", "regression_1005", "regression_1007", "regression_1010", "regression_1014", "ffa_spmc_1001", "ffa_spmc_1002", "ffa_spmc_1003"];
        using var output = new StringWriter();
        using var host = new Xtest.Framework.XtestHost(_tee.OpenContext, level: 0, output, new FfaUserDevice(_tee.Driver));

        Xtest.Framework.XtestSummary summary = Xtest.Framework.XtestRunner.Run(
            new Xtest.Framework.XtestSelection(Xtest.XtestRegistry.Suites) { TestIds = cases }, host);

        Assert.True(summary.FailedCases == 0 && summary.Cases == cases.Length, output.ToString());
    }

    private ulong[] Interesting()
    {
        ulong ram = _tee.Board.NormalRam.Base;
        return
        [
            0, 1, 2, 3, 7, 8, 16, 32, 80, 96, 4095, 4096, uint.MaxValue, ulong.MaxValue, 1UL << 63, 1UL << 44, (1UL << 44) | 999, 0x8000_0000, 0x8000_0001,
            0x8001, 0x8002, 0x8003, 0x8005, 0x8001_0000, 0x8002_8003, _scratch.Address.Value, _scratch.Address.Value + 8, ram, ram - 4096,
            _tee.Board.SecureRam.Base, _tee.Board.PartitionRam!.Base, 0x0e20_0000, 22, 12, 17,
        ];
    }
}
