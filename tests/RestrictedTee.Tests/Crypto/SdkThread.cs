using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Firewall;
using RestrictedTee.SecureWorld.Kernel.Calls;
using RestrictedTee.SecureWorld.Kernel.Instances;
using RestrictedTee.SecureWorld.Kernel.Sessions;
using RestrictedTee.SecureWorld.Kernel.SystemCalls;
using RestrictedTee.SecureWorld.Kernel.Threads;
using RestrictedTee.SecureWorld.ProtectedMemory;
using RestrictedTee.SecureWorld.SecretMemory;
using RestrictedTee.SmcTransport.Conduits;
using RestrictedTee.Tests.Interleaving;

namespace RestrictedTee.Tests.Crypto;

/// <summary>A thread on which the SDK works as it does in a trusted application, with the kernel's objects and operations behind it.</summary>
internal static class SdkThread
{
    private const int SecureBytes = 512 * 1024;

    [ThreadStatic]
    private static ISystemCalls? s_calls;

    /// <summary>The kernel's entry, while something runs there.</summary>
    internal static ISystemCalls Calls => s_calls!;

    /// <summary>Runs something there.</summary>
    /// <returns>How many objects and operations it left behind.</returns>
    internal static int Run(Action body)
    {
        using SecretMapping mapping = SecretMapping.Create(SecureBytes, SecretMemoryChoice.Off);
        var ram = new SecureRam(mapping);
        int left = 0;
        ScheduledThread.Run(() =>
        {
            (IConduit normal, IConduit secure) = InMemoryConduit.CreatePair();
            using (normal)
            using (secure)
            {
                new TeeThread(secure, number: 0, isFastOnly: false).BindToOsThread();
                var operation = new Operation();
                operation.Begin(cancelId: 0, TaClientSession.InfiniteTimeout, closes: false);
                var instance = new TaInstance(new Program(), null!);
                CallStack.Current.Push(new Session(1, instance, default), operation);
                Bind(ram);
                body();
                left = instance.Resources.Objects.Count;
                instance.Resources.ReleaseMemory();
            }
        }).Finish();
        return left;
    }

    /// <summary>What a call panics with; 0 when it does not.</summary>
    internal static uint PanicOf(Action body)
    {
        try
        {
            body();
            return 0;
        }
        catch (TaPanicException e)
        {
            return e.Code == 0 ? uint.MaxValue : e.Code;
        }
    }

    /// <summary>What a call answers, be it thrown.</summary>
    internal static TeeResult ResultOf(Action body)
    {
        try
        {
            body();
            return TeeResult.Success;
        }
        catch (TeeException e)
        {
            return e.Result;
        }
    }

    private static void Bind(SecureRam ram) =>
        Utee.BindToThread(s_calls = new Unwinding(new SystemCallTable(new SystemCallParts(null!, ram, null!, new FirewallRules(), "1"))));

    /// <summary>The SDK unwinds from a panic; there is no session manager here that would mark the instance.</summary>
    private sealed class Unwinding(ISystemCalls calls) : ISystemCalls
    {
        public TeeResult Enter(SystemCall call, ref SystemCallFrame frame) =>
            call == SystemCall.Panic ? TeeResult.TargetDead : calls.Enter(call, ref frame);

        public Span<byte> View(uint memory) => calls.View(memory);
    }

    private sealed class Program : ITaProgram
    {
        public TaManifest Manifest { get; } = new(Guid.NewGuid(), TaFlags.None)
        {
            Version = "1",
            Description = "none of its code is run here",
            DataSize = SecureBytes,
            IsPseudo = false,
            Properties = [],
        };

        public ITaRuntime NewInstance() => null!;
    }
}
