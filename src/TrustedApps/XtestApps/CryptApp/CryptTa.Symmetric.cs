using RestrictedTee.Contracts;
using RestrictedTee.Sdk;

namespace RestrictedTee.TrustedApps.XtestApps.CryptApp;

/// <summary>Digests, ciphers and message authentication codes.</summary>
public sealed partial class CryptTa
{
    [Command(Crypt.CommandDigestUpdate)]
    public void DigestUpdate(ValueInput operation, MemrefInput chunk) => Operation<DigestOperation>(operation.A).Update(chunk.Span);

    [Command(Crypt.CommandDigestDoFinal)]
    public TeeResult DigestDoFinal(ValueInput operation, MemrefInput chunk, MemrefOutput digest)
    {
        TeeResult result = Operation<DigestOperation>(operation.A).TryDoFinal(chunk.Span, digest.Span, out int size);
        digest.Size = size;
        return result;
    }

    [Command(Crypt.CommandDigestExtract)]
    public void DigestExtract(ValueInput operation, MemrefOutput digest) => digest.Size = Operation<DigestOperation>(operation.A).Extract(digest.Span);

    [Command(Crypt.CommandCipherInit)]
    public void CipherInit(ValueInput operation) => Operation<CipherOperation>(operation.A).Init();

    [Command(Crypt.CommandCipherInit)]
    public void CipherInit(ValueInput operation, MemrefInput iv) => Operation<CipherOperation>(operation.A).Init(iv.Span);

    [Command(Crypt.CommandCipherUpdate)]
    public TeeResult CipherUpdate(ValueInput operation, MemrefInput source, MemrefOutput destination)
    {
        TeeResult result = Operation<CipherOperation>(operation.A).TryUpdate(source.Span, destination.Span, out int size);
        destination.Size = size;
        return result;
    }

    [Command(Crypt.CommandCipherDoFinal)]
    public TeeResult CipherDoFinal(ValueInput operation, MemrefInput source, MemrefOutput destination)
    {
        TeeResult result = Operation<CipherOperation>(operation.A).TryDoFinal(source.Span, destination.Span, out int size);
        destination.Size = size;
        return result;
    }

    [Command(Crypt.CommandMacInit)]
    public void MacInit(ValueInput operation) => Operation<MacOperation>(operation.A).Init();

    /// <summary>No MAC that there is has an IV, so it is not looked at.</summary>
    [Command(Crypt.CommandMacInit)]
    public void MacInit(ValueInput operation, MemrefInput iv) => Operation<MacOperation>(operation.A).Init();

    [Command(Crypt.CommandMacUpdate)]
    public void MacUpdate(ValueInput operation, MemrefInput chunk) => Operation<MacOperation>(operation.A).Update(chunk.Span);

    [Command(Crypt.CommandMacFinalCompute)]
    public TeeResult MacFinalCompute(ValueInput operation, MemrefInput message, MemrefOutput code)
    {
        TeeResult result = Operation<MacOperation>(operation.A).TryComputeFinal(message.Span, code.Span, out int size);
        code.Size = size;
        return result;
    }

    [Command(Crypt.CommandMacFinalCompare)]
    public TeeResult MacFinalCompare(ValueInput operation, MemrefInput message, MemrefInput code) =>
        Operation<MacOperation>(operation.A).CompareFinal(message.Span, code.Span) ? TeeResult.Success : TeeResult.MacInvalid;

    [Command(Crypt.CommandRandomNumberGenerate)]
    public static void RandomNumberGenerate(MemrefOutput bytes) => Tee.GenerateRandom(bytes.Span);
}
