using RestrictedTee.Contracts;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.Device;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.Xtest.Framework;

namespace RestrictedTee.Xtest.Regression1000;

/// <summary>1016–1018, 1025, 1032: memrefs from TA to TA, side by side, out of bounds, null; read-only memory.</summary>
internal static class SharedMemoryCases
{
    private const int Page = 4096;

    internal static readonly XtestCase[] All =
    [
        new("regression_1016", "Test TA to TA transfers (in/out/inout memrefs on the stack)", TaToTa),
        new("regression_1017", "Test coalescing memrefs", Coalescing),
        new("regression_1018", "Test memref out of bounds", OutOfBounds),
        new("regression_1025", "Test memref NULL and/or 0 bytes size", NullMemrefs),
        new("regression_1032", "Register read-only shared memory", ReadOnly),
    ];

    private static void TaToTa(CaseRun c)
    {
        using TeeSession? os = c.Open(OsTest.Uuid);
        c.ExpectSuccess(os!.TryInvoke(OsTest.CommandTa2TaMemref, null, out _));
        byte[] empty = [];
        var operation = new Operation(Parameter.TempInput(empty), Parameter.TempInOut(empty), Parameter.TempOutput(empty));
        c.ExpectSuccess(os.TryInvoke(OsTest.CommandTa2TaMemrefSize0, operation, out _));
    }

    private static void Coalescing(CaseRun c)
    {
        using SharedMemory memory = c.Tee.AllocateSharedMemory(8 * Page);
        using TeeSession? os = c.Open(OsTest.Uuid);
        c.ExpectSuccess(os!.TryInvoke(OsTest.CommandParams, FourPieces(memory, lastPages: 2), out _));
    }

    private static void OutOfBounds(CaseRun c)
    {
        const int OddSize = 6001; // neither a page nor even
        using TeeSession? os = c.Open(OsTest.Uuid);
        using (c.Begin("Out of bounds > 4kB on allocated shm"))
        {
            using SharedMemory memory = c.Tee.AllocateSharedMemory(8 * Page);
            ExpectRefused(c, os!, FourPieces(memory, lastPages: 3));
        }

        using (c.Begin("Out of bounds by 1 byte on registered shm"))
        {
            using SharedMemory memory = c.Tee.RegisterSharedMemory(new byte[OddSize].AsMemory());
            ExpectRefused(c, os!, OneByteOver(memory));
        }

        using (c.Begin("Out of bounds by 1 byte ref on allocated shm"))
        {
            using SharedMemory memory = c.Tee.AllocateSharedMemory(OddSize);
            ExpectRefused(c, os!, OneByteOver(memory));
        }
    }

    private static void NullMemrefs(CaseRun c)
    {
        using (c.Begin("Invalid NULL buffer memref registration"))
        {
            ExpectBadRegistration(c, Direction.Input);
            ExpectBadRegistration(c, Direction.Output);
        }

        byte[] empty = [];
        using TeeSession? os = c.Open(OsTest.Uuid);
        using (c.Begin("Input/Output MEMREF Buffer NULL - Size 0 bytes"))
        {
            var operation = new Operation(Parameter.TempInput(empty), Parameter.Null(Direction.Input), Parameter.TempOutput(empty), Parameter.Null(Direction.Output));
            c.ExpectSuccess(os!.TryInvoke(OsTest.CommandNullMemrefParams, operation, out _));
        }

        using (c.Begin("Input MEMREF Buffer NULL - Size non 0 bytes"))
        {
            var operation = new Operation(Parameter.TempInput(new byte[1]), Parameter.Null(Direction.Input), Parameter.TempOutput(empty), Parameter.Null(Direction.Output));
            c.ExpectResult(TeecResult.BadParameters, os!.TryInvoke(OsTest.CommandNullMemrefParams, operation, out _));
        }

        using (c.Begin("Input MEMREF Buffer NULL over PTA invocation"))
        {
            using TeeSession? pta = c.Open(InvokeTests.Uuid);
            c.ExpectSuccess(pta!.TryInvoke(InvokeTests.CommandMemrefNull, new Operation(Parameter.Null(Direction.InOut)), out _));
        }
    }

    private static unsafe void ReadOnly(CaseRun c)
    {
        const int Size = 32;
        using TeeContext context = c.OpenContext();
        // Data that the compiler puts into a read-only section of the assembly's image, by its address, as the original does.
        ReadOnlySpan<byte> constant = "thirty-two bytes of constant data"u8[..Size];
        fixed (byte* address = constant)
        {
            try
            {
                using ITeeShm shm = context.Device.RegisterShm((nuint)address, Size);
                c.Expect(shm.Size == Size, $"{Size} bytes registered, got {shm.Size}");
            }
            catch (TeeDriverException e)
            {
                c.Expect(condition: false, $"read-only memory to be registered, got {e.Message}");
            }
        }

        using SharedMemory readOnly = context.RegisterSharedMemory(new ReadOnlyMemory<byte>(new byte[Size]));
        c.Expect(readOnly.Flags == Direction.Input, "read-only memory to be for input alone");
    }

    /// <summary>The first two adjoin and may be mapped as one; the last two do not.</summary>
    private static Operation FourPieces(SharedMemory memory, int lastPages) => new(
        Parameter.Partial(memory, Direction.Input, 0, Page),
        Parameter.Partial(memory, Direction.Input, Page, Page),
        Parameter.Partial(memory, Direction.Output, 4 * Page, Page),
        Parameter.Partial(memory, Direction.Output, 6 * Page, lastPages * Page));

    private static Operation OneByteOver(SharedMemory memory) =>
        new(Parameter.Partial(memory, Direction.Input, memory.Size - (memory.Size / 2) + 1, memory.Size / 2));

    private static void ExpectRefused(CaseRun c, TeeSession session, Operation operation)
    {
        TeecResult result = session.TryInvoke(OsTest.CommandParams, operation, out TeecOrigin origin);
        c.Expect(origin != TeecOrigin.TrustedApp, $"the reference to be refused before the TA, got origin {origin}");
        c.Expect(result is TeecResult.BadParameters or TeecResult.Generic, $"BadParameters or Generic, got {result}");
    }

    private static void ExpectBadRegistration(CaseRun c, Direction direction)
    {
        TeecResult result = TeecResult.Success;
        try
        {
            using SharedMemory memory = c.Tee.RegisterSharedMemory(Memory<byte>.Empty, direction);
        }
        catch (TeecException e)
        {
            result = e.Result;
        }

        c.ExpectResult(TeecResult.BadParameters, result);
    }
}
