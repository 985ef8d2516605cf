using RestrictedTee.Contracts;
using RestrictedTee.Sdk;

namespace RestrictedTee.TrustedApps.XtestApps.CryptApp;

/// <summary>Authenticated encryption.</summary>
public sealed partial class CryptTa
{
    [Command(Crypt.CommandAeInit)]
    public void AeInit(ValueInput operation, MemrefInput nonce, ValueInput sizes) =>
        Operation<AeOperation>(operation.A).Init(nonce.Span, Size(unchecked(operation.B * 8)), Size(sizes.A), Size(sizes.B));

    [Command(Crypt.CommandAeUpdateAad)]
    public void AeUpdateAad(ValueInput operation, MemrefInput data) => Operation<AeOperation>(operation.A).UpdateAad(data.Span);

    [Command(Crypt.CommandAeUpdate)]
    public TeeResult AeUpdate(ValueInput operation, MemrefInput source, MemrefOutput destination)
    {
        TeeResult result = Operation<AeOperation>(operation.A).TryUpdate(source.Span, destination.Span, out int size);
        destination.Size = size;
        return result;
    }

    /// <summary>As the original, it lets nobody see ciphertext and tag before they are whole.</summary>
    [Command(Crypt.CommandAeEncryptFinal)]
    public TeeResult AeEncryptFinal(ValueInput operation, MemrefInput source, MemrefOutput destination, MemrefOutput tag)
    {
        AeOperation encryption = Operation<AeOperation>(operation.A);
        using SecureMemory ciphertext = SecureMemory.Allocate(destination.Size), code = SecureMemory.Allocate(tag.Size);
        TeeResult result = encryption.TryEncryptFinal(source.Span, ciphertext.Span, out int size, code.Span, out int tagSize);
        if (result == TeeResult.Success)
        {
            ciphertext.Span[..size].CopyTo(destination.Span);
            code.Span[..tagSize].CopyTo(tag.Span);
        }

        (destination.Size, tag.Size) = (size, tagSize);
        return result;
    }

    /// <summary>The client gets nothing of a message whose tag is wrong, not even for a moment.</summary>
    [Command(Crypt.CommandAeDecryptFinal)]
    public TeeResult AeDecryptFinal(ValueInput operation, MemrefInput source, MemrefOutput destination, MemrefInput tag)
    {
        AeOperation decryption = Operation<AeOperation>(operation.A);
        using SecureMemory plaintext = SecureMemory.Allocate(destination.Size), code = SecureMemory.Allocate(tag.Size);
        tag.Span.CopyTo(code.Span);
        TeeResult result = decryption.TryDecryptFinal(source.Span, plaintext.Span, out int size, code.Span);
        if (result == TeeResult.Success)
            plaintext.Span[..size].CopyTo(destination.Span);
        if (result != TeeResult.MacInvalid)
            destination.Size = size;
        return result;
    }
}
