using RestrictedTee.Sdk;

namespace RestrictedTee.TestTas;

/// <summary>Fails where no border of the kernel stands: on a thread of its own, in a finalizer, in a work item.</summary>
[TrustedApp("0b5d5c8e-1f0a-4b57-9c44-52f6d8a1e00a")]
public sealed class StrayTa : TrustedApp
{
    private const string Secret = "secret: hunter2";

    [Command(0)]
    public static void ThrowOnOwnThread() => new Thread(() => throw new InvalidOperationException(Secret)).Start();

    [Command(1)]
    public static void ThrowInFinalizer()
    {
        for (int i = 0; i < 10; i++)
            _ = new Doomed();
        GC.Collect();
        GC.WaitForPendingFinalizers();
    }

    [Command(2)]
    public static void ThrowInWorkItem() => ThreadPool.QueueUserWorkItem(_ => throw new InvalidOperationException(Secret));

    [Command(3)]
    public static void DoNothing()
    {
    }

    private sealed class Doomed
    {
        ~Doomed() => Fail();

        private static void Fail() => throw new InvalidOperationException(Secret);
    }
}
