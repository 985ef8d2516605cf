using RestrictedTee.Contracts;
using RestrictedTee.Sdk;

namespace RestrictedTee.TrustedApps.XtestApps.CryptoPerfApp;

/// <summary>Digests, and codes with a key.</summary>
public sealed partial class CryptoPerfTa
{
    private const int MacKeyBits = 512;

    [Command(CryptoPerf.CommandHashPrepare)]
    public TeeResult HashPrepare(ValueInput hash)
    {
        if (PerfAlgorithms.Find((CryptoPerf.Hash)hash.A) is not { } row)
            return TeeResult.BadParameters;
        FreeOperations();
        if (row.KeyType is not { } keyType)
        {
            _operation = DigestOperation.Allocate(row.Algorithm);
            return TeeResult.Success;
        }

        _operation = MacOperation.Allocate(row.Algorithm, row.MaxKeySize);
        using TransientObject key = FixedKeys.Make(keyType, row.MaxKeySize, MacKeyBits, first: 0);
        _operation.SetKey(key);
        return TeeResult.Success;
    }

    [Command(CryptoPerf.CommandHashProcess)]
    public TeeResult HashProcess(MemrefInput message, MemrefOutput digest, ValueInput rounds)
    {
        ReadOnlySpan<byte> input = message.Span[Size(rounds.B)..]; // beyond the end it panics, as a read there does
        Tee.UnmaskCancellation();
        for (uint round = 0; round < rounds.A; round++)
        {
            Breathe();
            TeeResult result = Hash(input, digest.Span);
            if (result != TeeResult.Success)
                return result;
        }

        return TeeResult.Success;
    }

    private TeeResult Hash(ReadOnlySpan<byte> message, Span<byte> digest)
    {
        if (_operation is not MacOperation mac)
            return Prepared<DigestOperation>().TryDoFinal(message, digest, out _);
        mac.Init();
        return mac.TryComputeFinal(message, digest, out _);
    }
}
