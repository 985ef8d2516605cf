using System.Buffers.Binary;
using RestrictedTee.Contracts;
using RestrictedTee.Sdk;

namespace RestrictedTee.TrustedApps.XtestApps.CryptApp;

/// <summary>Operations of all classes.</summary>
public sealed partial class CryptTa
{
    [Command(Crypt.CommandAllocateOperation)]
    public void AllocateOperation(ValueInOut operation, ValueInput how) =>
        operation.A = _operations.Add(CryptoOperation.AllocateAny((TeeAlgorithm)operation.B, (OperationMode)how.A, Size(how.B))) + 1;

    [Command(Crypt.CommandFreeOperation)]
    public void FreeOperation(ValueInput operation)
    {
        if (operation.A == 0 || _operations.Remove(operation.A - 1) is not { } freed)
            PanicOfHandle();
        else
            freed.Dispose();
    }

    [Command(Crypt.CommandGetOperationInfo)]
    public TeeResult GetOperationInfo(ValueInput operation, MemrefOutput info)
    {
        TeeOperationInfo told = Operation<CryptoOperation>(operation.A).Info;
        ReadOnlySpan<uint> numbers =
        [
            (uint)told.Algorithm, (uint)told.Class, (uint)told.Mode, (uint)told.DigestLength,
            (uint)told.MaxKeySize, (uint)told.KeySize, (uint)told.RequiredKeyUsage, (uint)told.State,
        ];
        if (info.Size < numbers.Length * sizeof(uint))
            return TeeResult.ShortBuffer;
        info.Size = numbers.Length * sizeof(uint);
        for (int i = 0; i < numbers.Length; i++)
            BinaryPrimitives.WriteUInt32LittleEndian(info.Span[(i * sizeof(uint))..], numbers[i]);
        return TeeResult.Success;
    }

    [Command(Crypt.CommandResetOperation)]
    public void ResetOperation(ValueInput operation) => Operation<CryptoOperation>(operation.A).Reset();

    [Command(Crypt.CommandSetOperationKey)]
    public void SetOperationKey(ValueInput operation) => Operation<CryptoOperation>(operation.A).SetKey(ObjectOrNull(operation.B));

    [Command(Crypt.CommandSetOperationKey2)]
    public void SetOperationKey2(ValueInput operation, ValueInput key2) =>
        Operation<CryptoOperation>(operation.A).SetKeys(ObjectOrNull(operation.B), ObjectOrNull(key2.A));

    [Command(Crypt.CommandCopyOperation)]
    public void CopyOperation(ValueInput operations)
    {
        switch (Operation<CryptoOperation>(operations.A), Operation<CryptoOperation>(operations.B))
        {
            case (DigestOperation to, DigestOperation from):
                to.CopyFrom(from);
                break;
            case (CipherOperation to, CipherOperation from):
                to.CopyFrom(from);
                break;
            case (MacOperation to, MacOperation from):
                to.CopyFrom(from);
                break;
            case (AeOperation to, AeOperation from):
                to.CopyFrom(from);
                break;
            case (AsymmetricOperation to, AsymmetricOperation from):
                to.CopyFrom(from);
                break;
            case (KeyDerivation to, KeyDerivation from):
                to.CopyFrom(from);
                break;
            default:
                PanicOfHandle();
                break;
        }
    }

    [Command(Crypt.CommandIsAlgorithmSupported)]
    public static void IsAlgorithmSupported(ValueInput algorithm, ValueOutput result) =>
        result.A = (uint)(Tee.IsAlgorithmSupported((TeeAlgorithm)algorithm.A, (EccCurve)algorithm.B) ? TeeResult.Success : TeeResult.NotSupported);

    private T Operation<T>(uint number)
        where T : CryptoOperation
    {
        var operation = number == 0 ? null : _operations.Find(number - 1) as T;
        if (operation is null)
            PanicOfHandle();
        return operation;
    }
}
