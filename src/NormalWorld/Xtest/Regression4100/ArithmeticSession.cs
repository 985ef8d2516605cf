using System.Numerics;
using RestrictedTee.Contracts;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.Xtest.Framework;

namespace RestrictedTee.Xtest.Regression4100;

/// <summary>Big integers of a session of the crypt TA, by their numbers.</summary>
internal sealed class ArithmeticSession(CaseRun c) : IDisposable
{
    private const uint Bits = 2048;

    private readonly TeeSession? _session = c.Open(Crypt.Uuid);

    public void Dispose() => _session?.Dispose();

    internal TeecResult Try(uint command, Operation operation) =>
        _session is null ? TeecResult.Communication : _session.TryInvoke(command, operation, out _);

    internal Operation Do(uint command, params ReadOnlySpan<Parameter> parameters)
    {
        var operation = new Operation(parameters);
        c.ExpectSuccess(Try(command, operation));
        return operation;
    }

    /// <summary>A number of zero.</summary>
    internal uint NewZero(uint bits = Bits) => Do(Crypt.CommandArithNewVar, Parameter.ValueInput(bits), Parameter.ValueOutput())[1].A;

    /// <summary>A number.</summary>
    internal uint New(BigInteger value)
    {
        uint number = NewZero();
        byte[] magnitude = BigInteger.Abs(value).ToByteArray(isUnsigned: true, isBigEndian: true);
        Do(Crypt.CommandArithFromOctetString, Parameter.ValueInput(number, unchecked((uint)(value.Sign < 0 ? -1 : 1))), Parameter.TempInput(magnitude));
        return number;
    }

    internal BigInteger ValueOf(uint number)
    {
        byte[] magnitude = new byte[Bits / 8];
        Operation told = Do(Crypt.CommandArithGetValue, Parameter.ValueInput(number), Parameter.ValueOutput(), Parameter.TempOutput(magnitude));
        var value = new BigInteger(magnitude.AsSpan(0, Math.Clamp(told[2].Size, 0, magnitude.Length)), isUnsigned: true, isBigEndian: true);
        return unchecked((int)told[1].A) < 0 ? -value : value;
    }

    /// <summary>A command of two operands, or one and a modulus, and a result.</summary>
    internal BigInteger Binary(uint command, BigInteger a, BigInteger b)
    {
        uint result = NewZero();
        Do(command, Parameter.ValueInput(New(a), New(b)), Parameter.ValueInput(result));
        return ValueOf(result);
    }

    /// <summary>A command of two operands, a modulus and a result.</summary>
    internal BigInteger Ternary(uint command, BigInteger a, BigInteger b, BigInteger modulus)
    {
        uint result = NewZero();
        Do(command, Parameter.ValueInput(New(a), New(b)), Parameter.ValueInput(New(modulus), result));
        return ValueOf(result);
    }

    /// <summary>A command of one operand and a result.</summary>
    internal BigInteger Unary(uint command, BigInteger a)
    {
        uint result = NewZero();
        Do(command, Parameter.ValueInput(New(a), result));
        return ValueOf(result);
    }
}
