using System.Buffers.Binary;
using RestrictedTee.Contracts;
using RestrictedTee.NormalWorld.Client;

namespace RestrictedTee.CommandLine.Bench.Crypto;

/// <summary>A client of the crypt TA, which makes keys and operations there.</summary>
internal sealed class CryptClient(TeeContext tee) : IDisposable
{
    private readonly TeeSession _session = tee.OpenSession(Crypt.Uuid);

    public void Dispose() => _session.Dispose();

    /// <summary>A command that is to succeed, over and over.</summary>
    internal Action Command(uint command, Operation operation) => () =>
    {
        var result = _session.TryInvoke(command, operation, out _);
        if (result != NormalWorld.Uapi.TeecResult.Success)
            throw new InvalidOperationException($"Command {command} of the crypt TA failed with {result}.");
    };

    internal uint NewOperation(uint algorithm, uint mode, uint bits)
    {
        var operation = new Operation(Parameter.ValueInOut(0, algorithm), Parameter.ValueInput(mode, bits));
        _session.Invoke(Crypt.CommandAllocateOperation, operation);
        return operation[0].A;
    }

    /// <summary>An operation with a key, and with a second one where the algorithm takes two.</summary>
    internal uint NewOperation(uint algorithm, uint mode, uint bits, uint key, uint second = 0)
    {
        uint operation = NewOperation(algorithm, mode, bits);
        if (second == 0)
            _session.Invoke(Crypt.CommandSetOperationKey, new Operation(Parameter.ValueInput(operation, key)));
        else
            _session.Invoke(Crypt.CommandSetOperationKey2, new Operation(Parameter.ValueInput(operation, key), Parameter.ValueInput(second)));
        return operation;
    }

    /// <summary>A key of the TA's own making.</summary>
    /// <param name="type">Its type.</param>
    /// <param name="bits">Its size.</param>
    /// <param name="curve">Its curve; 0 for none.</param>
    internal uint NewKey(uint type, uint bits, uint curve = 0)
    {
        uint key = NewObject(type, bits);
        Generate(key, bits, curve)();
        return key;
    }

    internal uint NewObject(uint type, uint bits)
    {
        var operation = new Operation(Parameter.ValueInput(type, bits), Parameter.ValueOutput());
        _session.Invoke(Crypt.CommandAllocateTransientObject, operation);
        return operation[1].A;
    }

    internal Action Generate(uint key, uint bits, uint curve) =>
        Command(Crypt.CommandGenerateKey, new Operation(Parameter.ValueInput(key, bits), Parameter.TempInput(curve == 0 ? new byte[sizeof(uint)] : PackCurve(curve))));

    internal Action Reset(uint key) => Command(Crypt.CommandResetTransientObject, new Operation(Parameter.ValueInput(key)));

    /// <summary>One attribute, as the TA takes them packed: how many there are, then each with its identifier and two numbers.</summary>
    private static byte[] PackCurve(uint curve)
    {
        byte[] packed = new byte[4 * sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(packed, 1);
        BinaryPrimitives.WriteUInt32LittleEndian(packed.AsSpan(4), CryptNumbers.EccCurve);
        BinaryPrimitives.WriteUInt32LittleEndian(packed.AsSpan(8), curve);
        return packed;
    }
}
