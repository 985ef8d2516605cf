using RestrictedTee.Contracts;
using RestrictedTee.Sdk;
using RestrictedTee.TrustedApps.XtestApps.CryptApp;

namespace RestrictedTee.TrustedApps.XtestApps.CryptoPerfApp;

/// <summary>Key pairs: making them, and signing and encrypting with them.</summary>
public sealed partial class CryptoPerfTa
{
    private TransientObject? _key;
    private AttributeList? _attributes;
    private TeeAlgorithm _algorithm;

    /// <summary>What makes ciphertexts and signatures for an operation that decrypts or verifies.</summary>
    private AsymmetricOperation? _counterpart;

    [Command(CryptoPerf.CommandAsymmetricPrepareAttributes)]
    public void PrepareAttributes(MemrefInOut packed)
    {
        _attributes?.Dispose();
        _attributes = null;
        _attributes = PackedAttributes.Unpack(packed.Span);
    }

    [Command(CryptoPerf.CommandAsymmetricFreeAttributes)]
    public void FreeAttributes()
    {
        _attributes?.Dispose();
        _attributes = null;
    }

    [Command(CryptoPerf.CommandAsymmetricPrepareObject)]
    public TeeResult PrepareObject(ValueInput algorithmAndSize, ValueInput mode)
    {
        if (PerfAlgorithms.KeyTypeOf((CryptoPerf.Algorithm)algorithmAndSize.A, (CryptoPerf.Mode)mode.A) is not { } type)
            return TeeResult.BadParameters;
        FreeKey();
        _key = TransientObject.Allocate(type, Size(algorithmAndSize.B));
        return TeeResult.Success;
    }

    [Command(CryptoPerf.CommandAsymmetricGenerateKeyPair)]
    public TeeResult GenerateKeyPair(ValueInput sizeAndRounds)
    {
        Tee.UnmaskCancellation();
        for (uint round = 0; round < sizeAndRounds.B; round++)
        {
            Breathe();
            Key.GenerateKey(Size(sizeAndRounds.A), _attributes);
            Key.Reset();
        }

        return sizeAndRounds.B == 0 ? TeeResult.Generic : TeeResult.Success;
    }

    [Command(CryptoPerf.CommandAsymmetricPrepareKeyPair)]
    public TeeResult PrepareKeyPair(ValueInput sizeAndMode, ValueInput algorithmAndScheme, MemrefInput packed)
    {
        var mode = (CryptoPerf.Mode)sizeAndMode.B;
        int size = Size(sizeAndMode.A);
        if (PerfAlgorithms.Find((CryptoPerf.Algorithm)algorithmAndScheme.A, mode, size, (CryptoPerf.RsaScheme)algorithmAndScheme.B) is not { } algorithm)
            return TeeResult.BadParameters;
        using (AttributeList attributes = PackedAttributes.Unpack(packed.Span))
            Key.GenerateKey(size, attributes);
        FreeOperations();
        _algorithm = algorithm;
        _operation = WithKey(AsymmetricOperation.Allocate(algorithm, (OperationMode)mode, size));
        if (mode is CryptoPerf.Mode.Decrypt or CryptoPerf.Mode.Verify)
            _counterpart = WithKey(AsymmetricOperation.Allocate(algorithm, mode == CryptoPerf.Mode.Decrypt ? OperationMode.Encrypt : OperationMode.Sign, size));
        return TeeResult.Success;
    }

    /// <summary>Of ECDSA it is SHA-1 whatever the curve is, as in the original.</summary>
    [Command(CryptoPerf.CommandAsymmetricPrepareHash)]
    public TeeResult PrepareHash(ValueInput algorithm, MemrefInput message, MemrefInOut digest)
    {
        using var hash = DigestOperation.Allocate(algorithm.A == (uint)CryptoPerf.Algorithm.Ecdsa ? TeeAlgorithm.Sha1 : PerfAlgorithms.DigestOf(_algorithm));
        TeeResult result = hash.TryDoFinal(message.Span, digest.Span, out int size);
        digest.Size = size;
        return result;
    }

    [Command(CryptoPerf.CommandAsymmetricPrepareEncryptSign)]
    public TeeResult PrepareEncryptSign(MemrefInput source, MemrefOutput destination, ValueInput mode, MemrefInput packed)
    {
        using AttributeList attributes = PackedAttributes.Unpack(packed.Span);
        if (_counterpart is null)
            PanicOfHandle();
        TeeResult result = mode.A == (uint)CryptoPerf.Mode.Decrypt
            ? _counterpart.TryEncrypt(source.Span, destination.Span, out int size)
            : _counterpart.TrySignDigest(source.Span, destination.Span, out size, attributes);
        destination.Size = size;
        return result;
    }

    [Command(CryptoPerf.CommandAsymmetricProcess)]
    public TeeResult Process(ValueInput roundsAndMode, MemrefInput source, MemrefOutput destination)
    {
        var mode = (CryptoPerf.Mode)roundsAndMode.B;
        if (mode > CryptoPerf.Mode.Verify)
            return TeeResult.BadParameters;
        TeeResult result = TeeResult.Generic;
        Tee.UnmaskCancellation();
        for (uint round = 0; round < roundsAndMode.A; round++)
        {
            Breathe();
            result = Process(mode, source.Span, destination.Span);
            if (result != TeeResult.Success)
                break;
        }

        return result;
    }

    private TransientObject Key
    {
        get
        {
            if (_key is null)
                PanicOfHandle();
            return _key;
        }
    }

    private TeeResult Process(CryptoPerf.Mode mode, ReadOnlySpan<byte> source, Span<byte> destination)
    {
        AsymmetricOperation operation = Prepared<AsymmetricOperation>();
        return mode switch
        {
            CryptoPerf.Mode.Encrypt => operation.TryEncrypt(source, destination, out _, _attributes),
            CryptoPerf.Mode.Decrypt => operation.TryDecrypt(source, destination, out _, _attributes),
            CryptoPerf.Mode.Sign => operation.TrySignDigest(source, destination, out _, _attributes),
            _ => operation.VerifyDigest(source, destination, _attributes) ? TeeResult.Success : TeeResult.SignatureInvalid,
        };
    }

    private AsymmetricOperation WithKey(AsymmetricOperation operation)
    {
        operation.SetKey(Key);
        return operation;
    }

    private void FreeKey()
    {
        _key?.Dispose();
        _key = null;
    }
}
