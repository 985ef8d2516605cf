using RestrictedTee.Sdk;

namespace RestrictedTee.TestTas;

/// <summary>Does, on command, what a TA must not do.</summary>
[TrustedApp("0b5d5c8e-1f0a-4b57-9c44-52f6d8a1e001")]
public sealed class MisbehavingTa : TrustedApp
{
    public static readonly Guid Uuid = new("0b5d5c8e-1f0a-4b57-9c44-52f6d8a1e001");

    [Command(0)]
    public static void Throw() => throw new InvalidOperationException("secret: hunter2");

    [Command(1)]
    public static TeeResult Garbage() => (TeeResult)0x1234_5678;

    [Command(2)]
    public static TeeResult WaitUntilCancelled()
    {
        Tee.UnmaskCancellation();
        return Tee.Wait(60_000);
    }

    [Command(3)]
    public static void ExitProcess() => Environment.Exit(3);

    [Command(5)]
    public static void ExhaustStack() => Recurse(1);

    [Command(6)]
    public static void ThrowTeeException() => throw new TeeException(TeeResult.NoData);

    [Command(7)]
    public static void CatchOwnPanic()
    {
        try
        {
            Tee.Panic(7);
        }
        catch (Exception)
        {
            // Swallowing the panic must not help.
        }
    }

    [Command(8)]
    public static void NegativeSize(MemrefOutput memory) => memory.Size = -5;

    [Command(9)]
    public static void HugeSize(MemrefOutput memory) => memory.Size = int.MaxValue;

    [Command(10)]
    public static void ServiceOffThread()
    {
        Exception? thrown = null;
        var thread = new Thread(() =>
        {
            try
            {
                Tee.Wait(1);
            }
            catch (InvalidOperationException e)
            {
                thrown = e;
            }
        });
        thread.Start();
        thread.Join();
        if (thrown is null)
            throw new TeeException(TeeResult.Generic);
    }

    [Command(11)]
    public static void ExhaustSecureMemory()
    {
        for (int i = 0; i < 1_000_000; i++)
            SecureMemory.Allocate(4096);
    }

    [Command(12)]
    public static void BusyUntilKilled() => Thread.Sleep(Timeout.Infinite);

    /// <summary>Passes four bytes to a TA that says it wrote far more, then passes them again: the second call must not see more than four.</summary>
    [Command(13)]
    public static TeeResult ReuseAfterAHugeSize()
    {
        Span<byte> four = stackalloc byte[4];
        using TaClientSession other = TaClientSession.Open(Uuid);
        var operation = new TaOperation { P0 = TaParam.Output(four) };
        other.Invoke(9, ref operation);
        bool reported = operation.P0.Size == int.MaxValue;
        other.Invoke(14, ref operation);
        return reported && operation.P0.Size == 4 ? TeeResult.Success : TeeResult.Generic;
    }

    [Command(14)]
    public static void TellCapacity(MemrefOutput memory) => memory.Size = memory.Span.Length;

    private static int Recurse(int depth) => depth < 0 ? 0 : Recurse(depth + 1) + 1;
}
