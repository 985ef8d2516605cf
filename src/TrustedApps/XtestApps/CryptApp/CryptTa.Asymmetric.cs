using RestrictedTee.Contracts;
using RestrictedTee.Sdk;

namespace RestrictedTee.TrustedApps.XtestApps.CryptApp;

/// <summary>Pairs of keys, and derivation.</summary>
public sealed partial class CryptTa
{
    [Command(Crypt.CommandAsymmetricEncrypt)]
    public TeeResult AsymmetricEncrypt(ValueInput operation, MemrefInput parameters, MemrefInput source, MemrefOutput destination)
    {
        AsymmetricOperation encryption = Operation<AsymmetricOperation>(operation.A);
        using AttributeList list = PackedAttributes.Unpack(parameters);
        return Sized(destination, encryption.TryEncrypt(source.Span, destination.Span, out int size, list), size);
    }

    [Command(Crypt.CommandAsymmetricDecrypt)]
    public TeeResult AsymmetricDecrypt(ValueInput operation, MemrefInput parameters, MemrefInput source, MemrefOutput destination)
    {
        AsymmetricOperation decryption = Operation<AsymmetricOperation>(operation.A);
        using AttributeList list = PackedAttributes.Unpack(parameters);
        return Sized(destination, decryption.TryDecrypt(source.Span, destination.Span, out int size, list), size);
    }

    [Command(Crypt.CommandAsymmetricSignDigest)]
    public TeeResult AsymmetricSignDigest(ValueInput operation, MemrefInput parameters, MemrefInput digest, MemrefOutput signature)
    {
        AsymmetricOperation signing = Operation<AsymmetricOperation>(operation.A);
        using AttributeList list = PackedAttributes.Unpack(parameters);
        return Sized(signature, signing.TrySignDigest(digest.Span, signature.Span, out int size, list), size);
    }

    [Command(Crypt.CommandAsymmetricVerifyDigest)]
    public TeeResult AsymmetricVerifyDigest(ValueInput operation, MemrefInput parameters, MemrefInput digest, MemrefInput signature)
    {
        AsymmetricOperation verification = Operation<AsymmetricOperation>(operation.A);
        using AttributeList list = PackedAttributes.Unpack(parameters);
        return verification.VerifyDigest(digest.Span, signature.Span, list) ? TeeResult.Success : TeeResult.SignatureInvalid;
    }

    /// <summary>A public key that nothing comes of is the client's doing, and panics all the same: TEE_DeriveKey has no result.</summary>
    [Command(Crypt.CommandDeriveKey)]
    public void DeriveKey(ValueInput numbers, MemrefInput parameters)
    {
        KeyDerivation derivation = Operation<KeyDerivation>(numbers.A);
        TransientObject derived = Object(numbers.B);
        using AttributeList list = PackedAttributes.Unpack(parameters);
        derivation.DeriveKey(list, derived);
    }

    /// <summary>The size is told of what was written, and of what is needed.</summary>
    private static TeeResult Sized(MemrefOutput output, TeeResult result, int size)
    {
        if (result is TeeResult.Success or TeeResult.ShortBuffer)
            output.Size = size;
        return result;
    }
}
