using System.Runtime.CompilerServices;
using RestrictedTee.Contracts;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.DmaBuf;
using RestrictedTee.NormalWorld.DmaBuf.Devices;
using RestrictedTee.NormalWorld.Heaps;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Board;
using RestrictedTee.Xtest.Framework;

namespace RestrictedTee.Xtest.DmaBufs;

/// <summary>What the cases of the suite share: devices of a pipeline, and what is expected of a buffer.</summary>
internal static class DmaBufExpectations
{
    /// <summary>Not a multiple of a page.</summary>
    internal const int Size = 5000;

    internal const ulong WholePages = 8192;

    internal const string Heap = "protected,secure-video";

    extension(CaseRun c)
    {
        /// <summary>Reads and writes secure video.</summary>
        internal DmaDevice Decoder => c.Peripherals.Devices.Named(BusMasterNames.VideoDecoder);

        /// <summary>Reads it.</summary>
        internal DmaDevice Display => c.Peripherals.Devices.Named(BusMasterNames.DisplayController);
    }

    internal static void ExpectErrno(this CaseRun c, Errno expected, Action action, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        try
        {
            action();
            c.Expect(condition: false, $"{expected}, got success", file, line);
        }
        catch (TeeDriverException e)
        {
            c.Expect(e.Errno == expected, $"{expected}, got {e.Errno}", file, line);
        }
    }

    internal static HeapInfo HeapOf(this CaseRun c, string name) => c.Tee.Heaps.First(heap => heap.Name == name);

    /// <summary>A TA writes to the buffer and reads from it, while this process gets nothing of it.</summary>
    internal static void ExpectTaUsesIt(this CaseRun c, DmaBufHandle buffer, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        byte[] secret = new byte[Size], found = new byte[Size];
        new Random(4000).NextBytes(secret);
        using SharedMemory memory = c.Tee.RegisterSharedMemory(buffer);
        using TeeSession? sdp = c.Open(SdpBasic.Uuid);
        c.ExpectSuccess(sdp!.TryInvoke(SdpBasic.CommandInject, new Operation(Parameter.TempInput(secret), Parameter.Partial(memory, Direction.Output, 0, Size)), out _), file, line);
        c.ExpectSuccess(sdp.TryInvoke(SdpBasic.CommandDump, new Operation(Parameter.Partial(memory, Direction.Input, 0, Size), Parameter.TempOutput(found)), out _), file, line);
        c.ExpectBytes(secret, found, file, line);
        c.ExpectErrno(Errno.EINVAL, () => _ = buffer.Map().Length, file, line);
        c.ExpectErrno(Errno.EPERM, () => buffer.BeginCpuAccess(DmaDirection.FromDevice, TimeSpan.Zero), file, line);
    }
}
