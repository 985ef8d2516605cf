using RestrictedTee.Contracts;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.Xtest.Framework;

namespace RestrictedTee.Xtest.Regression4000;

/// <summary>A session of the crypt TA, and so an instance of its own. What is not asked for by name is to succeed.</summary>
internal sealed class CryptSession(CaseRun c) : IDisposable
{
    private const int LargestOutput = 4096;

    private readonly TeeSession? _session = c.Open(Crypt.Uuid);

    public void Dispose() => _session?.Dispose();

    /// <summary>One command; where it failed, the TA says so, or nobody is left to.</summary>
    internal TeecResult Try(uint command, Operation operation)
    {
        TeecOrigin origin = TeecOrigin.Comms;
        TeecResult result = _session is null ? TeecResult.Communication : _session.TryInvoke(command, operation, out origin);
        c.ExpectOrigin(result == TeecResult.TargetDead ? TeecOrigin.Tee : TeecOrigin.TrustedApp, origin);
        return result;
    }

    /// <summary>One command that succeeds.</summary>
    internal Operation Do(uint command, params ReadOnlySpan<Parameter> parameters)
    {
        var operation = new Operation(parameters);
        c.ExpectSuccess(Try(command, operation));
        return operation;
    }

    /// <summary>One command with an output, which comes last.</summary>
    internal byte[] Output(uint command, params ReadOnlySpan<Parameter> inputs)
    {
        byte[] output = new byte[LargestOutput];
        Operation operation = Do(command, [.. inputs, Parameter.TempOutput(output)]);
        return output[..Math.Clamp(operation[inputs.Length].Size, 0, output.Length)];
    }

    internal uint NewOperation(uint algorithm, uint mode, uint bits = 0) =>
        Do(Crypt.CommandAllocateOperation, Parameter.ValueInOut(0, algorithm), Parameter.ValueInput(mode, bits))[0].A;

    internal uint NewObject(uint type, uint bits) =>
        Do(Crypt.CommandAllocateTransientObject, Parameter.ValueInput(type, bits), Parameter.ValueOutput())[1].A;

    /// <summary>An object with attributes.</summary>
    internal uint NewKey(uint type, uint bits, CryptAttributes attributes)
    {
        uint key = NewObject(type, bits);
        Do(Crypt.CommandPopulateTransientObject, Parameter.ValueInput(key), Parameter.TempInput(attributes.Pack()));
        return key;
    }

    /// <summary>An object with a secret, of as many bits as it has; those of DES count no parity.</summary>
    internal uint NewKey(uint type, byte[] secret) =>
        NewKey(type, BitsOf(type, secret.Length), new CryptAttributes().Add(Gp.SecretValue, secret));

    /// <summary>An object that the TA fills.</summary>
    internal uint GenerateKey(uint type, uint bits, CryptAttributes? parameters = null)
    {
        uint key = NewObject(type, bits);
        Do(Crypt.CommandGenerateKey, Parameter.ValueInput(key, bits), Parameter.TempInput((parameters ?? new CryptAttributes()).Pack()));
        return key;
    }

    /// <summary>An operation with a key, which it has a copy of.</summary>
    internal uint NewOperation(uint algorithm, uint mode, uint bits, uint key)
    {
        uint operation = NewOperation(algorithm, mode, bits);
        Do(Crypt.CommandSetOperationKey, Parameter.ValueInput(operation, key));
        return operation;
    }

    /// <summary>The same with a secret; XTS takes two halves of one.</summary>
    internal uint NewOperation(uint algorithm, uint mode, uint type, byte[] secret)
    {
        uint bits = BitsOf(type, secret.Length);
        if (algorithm is not (Gp.AesXts or Gp.Sm4Xts))
            return NewOperation(algorithm, mode, bits, NewKey(type, secret));
        uint operation = NewOperation(algorithm, mode, bits);
        uint first = NewKey(type, secret[..(secret.Length / 2)]), second = NewKey(type, secret[(secret.Length / 2)..]);
        Do(Crypt.CommandSetOperationKey2, Parameter.ValueInput(operation, first), Parameter.ValueInput(second));
        return operation;
    }

    internal byte[] BufferAttribute(uint key, uint attribute) => Output(Crypt.CommandGetObjectBufferAttribute, Parameter.ValueInput(key, attribute));

    internal void FreeOperation(uint operation) => Do(Crypt.CommandFreeOperation, Parameter.ValueInput(operation));

    internal static uint BitsOf(uint type, int bytes) => (uint)bytes * (type is Gp.Des or Gp.Des3 ? 7u : 8u);
}
