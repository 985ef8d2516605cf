using RestrictedTee.Contracts;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.Sdk;
using RestrictedTee.Tests.Crypto;
using RestrictedTee.Tests.Harness;
using Operation = RestrictedTee.NormalWorld.Client.Operation;

namespace RestrictedTee.Tests.XtestApps;

/// <summary>Invariant 3, of what is signed: a signature is of one state of the client's memory, or else it would tell of the key.</summary>
public sealed class SignedOnceTests : IDisposable
{
    private const int Rounds = 100;
    private const int Size = 64 * 1024; // long enough that the message changes between two looks

    private readonly InProcessTee _tee = new();

    public void Dispose() => _tee.Dispose();

    [Theory]
    [InlineData(TeeAlgorithm.Ed25519, ObjectType.Ed25519KeyPair, 256u, 64)]
    [InlineData(TeeAlgorithm.Ed448, ObjectType.Ed448KeyPair, 456u, 114)]
    public void A_message_that_changes_while_it_is_signed_is_signed_as_it_was_at_one_time(TeeAlgorithm algorithm, ObjectType type, uint bits, int signatureSize)
    {
        using TeeContext context = _tee.OpenContext();
        using TeeSession session = context.OpenSession(Crypt.Uuid);
        uint key = Number(session, Crypt.CommandAllocateTransientObject, 1, Parameter.ValueInput((uint)type, bits), Parameter.ValueOutput());
        session.Invoke(Crypt.CommandGenerateKey, new Operation(Parameter.ValueInput(key, bits), Parameter.TempInput(new byte[4])));
        uint signing = Keyed(OperationMode.Sign), verifying = Keyed(OperationMode.Verify);
        using SharedMemory message = context.AllocateSharedMemory(Size);
        byte[] one = new byte[Size], other = new byte[Size];
        other[0] = 1;

        using var end = new CancellationTokenSource();
        var changing = new Thread(() =>
        {
            while (!end.IsCancellationRequested)
                message.Span[0] ^= 1;
        });
        changing.Start();
        var signatures = new List<byte[]>();
        try
        {
            for (int i = 0; i < Rounds; i++)
            {
                byte[] signature = new byte[signatureSize];
                session.Invoke(
                    Crypt.CommandAsymmetricSignDigest,
                    new Operation(Parameter.ValueInput(signing), Parameter.TempInput(new byte[4]), Parameter.Partial(message, Direction.Input, 0, Size), Parameter.TempOutput(signature)));
                signatures.Add(signature);
            }
        }
        finally
        {
            end.Cancel();
            changing.Join();
        }

        Assert.All(signatures, signature => Assert.True(Verifies(one, signature) || Verifies(other, signature)));

        uint Keyed(OperationMode mode)
        {
            uint operation = Number(session, Crypt.CommandAllocateOperation, 0, Parameter.ValueInOut(0, (uint)algorithm), Parameter.ValueInput((uint)mode, bits));
            session.Invoke(Crypt.CommandSetOperationKey, new Operation(Parameter.ValueInput(operation, key)));
            return operation;
        }

        bool Verifies(byte[] text, byte[] signature) => session.TryInvoke(
            Crypt.CommandAsymmetricVerifyDigest,
            new Operation(Parameter.ValueInput(verifying), Parameter.TempInput(new byte[4]), Parameter.TempInput(text), Parameter.TempInput(signature)),
            out _) == NormalWorld.Uapi.TeecResult.Success;
    }

    private static uint Number(TeeSession session, uint command, int at, params ReadOnlySpan<Parameter> parameters)
    {
        var operation = new Operation(parameters);
        session.Invoke(command, operation);
        return operation[at].A;
    }
}
