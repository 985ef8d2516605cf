using RestrictedTee.Contracts;
using RestrictedTee.Sdk;

namespace RestrictedTee.TrustedApps.XtestApps.CryptoPerfApp;

/// <summary>Ciphers.</summary>
public sealed partial class CryptoPerfTa
{
    private const int TagBits = 128;

    private static ReadOnlySpan<byte> Iv => [0xA0, 0xA1, 0xA2, 0xA3, 0xA4, 0xA5, 0xA6, 0xA7, 0xA8, 0xA9, 0xAA, 0xAB, 0xAC, 0xAD, 0xAE, 0xAF];

    [Command(CryptoPerf.CommandCipherPrepareKey)]
    public TeeResult CipherPrepareKey(ValueInput modeAndSize, ValueInput cipher)
    {
        if (PerfAlgorithms.Find((CryptoPerf.Cipher)cipher.A) is not { } row)
            return TeeResult.BadParameters;
        OperationMode mode = modeAndSize.A != 0 ? OperationMode.Decrypt : OperationMode.Encrypt;
        int keySize = Size(modeAndSize.B);
        FreeOperations();
        _operation = row.Algorithm == TeeAlgorithm.AesGcm
            ? AeOperation.Allocate(row.Algorithm, mode, keySize)
            : CipherOperation.Allocate(row.Algorithm, mode, row.HasTwoKeys ? Size(2 * (uint)keySize) : keySize);
        using TransientObject key = FixedKeys.Make(row.KeyType, keySize, keySize, first: 0);
        if (row.HasTwoKeys)
        {
            using TransientObject key2 = FixedKeys.Make(row.KeyType, keySize, keySize, first: 0x20);
            _operation.SetKeys(key, key2);
        }
        else
        {
            _operation.SetKey(key);
        }

        if (_operation is AeOperation ae)
            ae.Init(Iv, TagBits);
        else
            ((CipherOperation)_operation).Init(row.HasIv ? Iv : []);
        return TeeResult.Success;
    }

    [Command(CryptoPerf.CommandCipherProcess)]
    public TeeResult CipherProcess(MemrefInOut source, MemrefInOut destination, ValueInput rounds)
    {
        ReadOnlySpan<byte> input = source.Span;
        Span<byte> output = destination.Span;
        int unit = rounds.B == 0 ? input.Length : Size(rounds.B);
        Tee.UnmaskCancellation();
        for (uint round = 0; round < rounds.A; round++)
        {
            for (int offset = 0; offset < input.Length; offset += unit)
            {
                Breathe();
                TeeResult result = Update(input.Slice(offset, Math.Min(unit, input.Length - offset)), output[Math.Min(offset, output.Length)..]);
                if (result != TeeResult.Success)
                    return result;
            }
        }

        return TeeResult.Success;
    }

    /// <summary>There are no caches to flush around memory that is restricted, which is all that the original does about it.</summary>
    [Command(CryptoPerf.CommandCipherProcessSdp)]
    public TeeResult CipherProcessSdp(MemrefInOut source, MemrefInOut destination, ValueInput rounds) => CipherProcess(source, destination, rounds);

    private TeeResult Update(ReadOnlySpan<byte> source, Span<byte> destination) => _operation is AeOperation ae
        ? ae.TryUpdate(source, destination, out _)
        : Prepared<CipherOperation>().TryUpdate(source, destination, out _);
}
