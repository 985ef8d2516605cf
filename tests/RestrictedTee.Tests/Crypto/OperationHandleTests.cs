using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Kernel.Calls;
using RestrictedTee.SecureWorld.Kernel.Instances;
using RestrictedTee.SecureWorld.Kernel.Services;
using RestrictedTee.SecureWorld.Kernel.Sessions;
using RestrictedTee.SecureWorld.Kernel.Threads;
using RestrictedTee.SecureWorld.ProtectedMemory;
using RestrictedTee.SecureWorld.SecretMemory;
using RestrictedTee.SmcTransport.Conduits;
using RestrictedTee.Tests.Interleaving;

namespace RestrictedTee.Tests.Crypto;

/// <summary>What becomes of the handles of operations and of their keys.</summary>
public sealed class OperationHandleTests : IDisposable
{
    private readonly SecretMapping _mapping = SecretMapping.Create(64 * 1024, SecretMemoryChoice.Off);

    public void Dispose() => _mapping.Dispose();

    [Fact]
    public void The_handle_of_a_key_ends_with_its_operation()
    {
        TeeResult before = default, after = default, closed = default;

        OnTeeThread((objects, crypto) =>
        {
            Assert.Equal(TeeResult.Success, objects.Allocate(ObjectType.Aes, 128, out uint key));
            Assert.Equal(TeeResult.Success, crypto.Allocate(TeeAlgorithm.AesCtr, OperationMode.Encrypt, key, 0, out uint operation));
            before = objects.GetInfo(key, out _);
            Assert.Equal(TeeResult.Success, crypto.Free(operation));
            after = objects.GetInfo(key, out _);
            closed = objects.Populate(key, []);
        });

        Assert.Equal((TeeResult.Success, TeeResult.BadParameters, TeeResult.ItemNotFound), (before, after, closed));
    }

    private void OnTeeThread(Action<IObjectServices, ICryptoServices> body)
    {
        var ram = new SecureRam(_mapping);
        ScheduledThread thread = ScheduledThread.Run(() =>
        {
            (IConduit normal, IConduit secure) = InMemoryConduit.CreatePair();
            using (normal)
            using (secure)
            {
                new TeeThread(secure, number: 0, isFastOnly: false).BindToOsThread();
                var operation = new Operation();
                operation.Begin(cancelId: 0, TaClientSession.InfiniteTimeout, closes: false);
                CallStack.Current.Push(new Session(1, new TaInstance(new Program(), null!), default), operation);
                body(new ObjectServices(ram), new CryptoServices(ram));
            }
        });
        thread.Finish();
    }

    private sealed class Program : ITaProgram
    {
        public TaManifest Manifest { get; } = new(Guid.NewGuid(), TaFlags.None)
        {
            Version = "1",
            Description = "none of its code is run here",
            DataSize = 32 * 1024,
            IsPseudo = false,
            Properties = new Dictionary<string, object>(),
        };

        public ITaRuntime NewInstance() => null!;
    }
}
