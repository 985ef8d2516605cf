using System.Security.Cryptography;
using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Crypto;
using RestrictedTee.SecureWorld.Crypto.Algorithms;
using RestrictedTee.SecureWorld.Kernel.Objects;
using RestrictedTee.SecureWorld.Kernel.Sessions;
using RestrictedTee.SecureWorld.ProtectedMemory;

namespace RestrictedTee.SecureWorld.Kernel.Services;

/// <summary>Cryptographic operations (GPD_SPE_010 chapter 6; core/tee/tee_svc_cryp.c upstream).</summary>
internal sealed class CryptoServices(SecureRam ram) : ICryptoServices
{
    TeeResult ICryptoServices.Allocate(TeeAlgorithm algorithm, OperationMode mode, uint key1, uint key2, out uint handle)
    {
        handle = 0;
        InstanceResources resources = CallStack.Current.Top.Session!.Instance.Resources;
        TeeResult result = new OperationFactory(resources, ram).Create(algorithm, mode, key1, key2, out CryptoState? state);
        if (state is null)
            return result;
        handle = resources.Objects.Add(state);
        if (handle != 0)
            return TeeResult.Success;
        End(resources.Objects, state);
        return TeeResult.OutOfMemory;
    }

    TeeResult ICryptoServices.Copy(uint destination, uint source)
    {
        HandleTable objects = Objects;
        return objects.TryFind(destination, out CryptoState? to) && objects.TryFind(source, out CryptoState? from) && to.Algorithm == from.Algorithm && to.Mode == from.Mode
            ? to.CopyFrom(from)
            : TeeResult.BadParameters;
    }

    TeeResult ICryptoServices.Free(uint handle)
    {
        HandleTable objects = Objects;
        if (!objects.TryFind(handle, out CryptoState? state))
            return TeeResult.BadParameters;
        objects.Remove(handle);
        End(objects, state);
        return TeeResult.Success;
    }

    TeeResult ICryptoServices.HashInit(uint handle) =>
        Objects.TryFind(handle, out HashState? state) ? state.Init() : TeeResult.BadParameters;

    TeeResult ICryptoServices.HashUpdate(uint handle, ReadOnlySpan<byte> chunk) =>
        Objects.TryFind(handle, out HashState? state) ? state.Update(chunk) : TeeResult.BadParameters;

    TeeResult ICryptoServices.HashFinal(uint handle, ReadOnlySpan<byte> chunk, Span<byte> hash, out int size)
    {
        size = 0;
        return Objects.TryFind(handle, out HashState? state) ? state.Final(chunk, hash, out size) : TeeResult.BadParameters;
    }

    TeeResult ICryptoServices.HashExtract(uint handle, Span<byte> hash, out int size)
    {
        size = 0;
        return Objects.TryFind(handle, out HashState? state) ? state.Extract(hash, out size) : TeeResult.BadParameters;
    }

    TeeResult ICryptoServices.CipherInit(uint handle, ReadOnlySpan<byte> iv) =>
        Objects.TryFind(handle, out CipherState? state) ? state.Init(iv) : TeeResult.BadParameters;

    TeeResult ICryptoServices.CipherUpdate(uint handle, ReadOnlySpan<byte> source, Span<byte> destination, out int size) =>
        Cipher(handle, source, destination, isLast: false, out size);

    TeeResult ICryptoServices.CipherFinal(uint handle, ReadOnlySpan<byte> source, Span<byte> destination, out int size) =>
        Cipher(handle, source, destination, isLast: true, out size);

    TeeResult ICryptoServices.AeInit(uint handle, ReadOnlySpan<byte> nonce, int tagSize, int aadSize, int payloadSize) =>
        Objects.TryFind(handle, out AeState? state) ? state.Init(nonce, new AeSizes(tagSize, aadSize, payloadSize)) : TeeResult.BadParameters;

    TeeResult ICryptoServices.AeUpdateAad(uint handle, ReadOnlySpan<byte> data) =>
        Objects.TryFind(handle, out AeState? state) ? state.UpdateAad(data) : TeeResult.BadParameters;

    TeeResult ICryptoServices.AeUpdate(uint handle, ReadOnlySpan<byte> source, Span<byte> destination, out int size)
    {
        size = 0;
        return Objects.TryFind(handle, out AeState? state) ? state.Update(source, destination, out size) : TeeResult.BadParameters;
    }

    TeeResult ICryptoServices.AeEncryptFinal(uint handle, ReadOnlySpan<byte> source, Span<byte> destination, out int size, Span<byte> tag, out int tagSize)
    {
        (size, tagSize) = (0, 0);
        return Objects.TryFind(handle, out AeState? state) ? state.EncryptFinal(source, destination, out size, tag, out tagSize) : TeeResult.BadParameters;
    }

    TeeResult ICryptoServices.AeDecryptFinal(uint handle, ReadOnlySpan<byte> source, Span<byte> destination, out int size, ReadOnlySpan<byte> tag)
    {
        size = 0;
        return Objects.TryFind(handle, out AeState? state) ? state.DecryptFinal(source, destination, out size, tag) : TeeResult.BadParameters;
    }

    TeeResult ICryptoServices.AsymmetricOperate(uint handle, ReadOnlySpan<byte> parameters, ReadOnlySpan<byte> source, Span<byte> destination, out int size)
    {
        size = 0;
        if (!AttributeReader.IsWhole(parameters))
            return TeeResult.BadParameters;
        if (Objects.TryFind(handle, out SignatureState? signature))
            return signature.Sign(new AttributeReader(parameters), source, destination, out size);
        return Objects.TryFind(handle, out AsymmetricCipherState? cipher)
            ? cipher.Operate(new AttributeReader(parameters), source, destination, out size)
            : TeeResult.BadParameters;
    }

    TeeResult ICryptoServices.AsymmetricVerify(uint handle, ReadOnlySpan<byte> parameters, ReadOnlySpan<byte> digest, ReadOnlySpan<byte> signature) =>
        AttributeReader.IsWhole(parameters) && Objects.TryFind(handle, out SignatureState? state)
            ? state.Verify(new AttributeReader(parameters), digest, signature)
            : TeeResult.BadParameters;

    TeeResult ICryptoServices.DeriveKey(uint handle, ReadOnlySpan<byte> parameters, uint derivedKey)
    {
        HandleTable objects = Objects;
        return AttributeReader.IsWhole(parameters) && objects.TryFind(handle, out DerivationState? state) && objects.TryFind(derivedKey, out KeyObject? derived) && derived.Owner is null
            ? state.Derive(parameters, derived)
            : TeeResult.BadParameters;
    }

    bool ICryptoServices.IsSupported(TeeAlgorithm algorithm, EccCurve curve) =>
        AlgorithmTable.Find(algorithm) is { HasProvider: true } row && (row.Curves.Count == 0 ? curve == EccCurve.None : row.Curves.Contains(curve));

    void ICryptoServices.GenerateRandom(Span<byte> bytes) => RandomNumberGenerator.Fill(bytes);

    private static HandleTable Objects => CallStack.Current.Top.Session!.Instance.Resources.Objects;

    /// <summary>Ends an operation whose handle has gone, and that of its key.</summary>
    private static void End(HandleTable objects, CryptoState state)
    {
        objects.Remove(state.KeyHandle);
        objects.Remove(state.Key2Handle);
        state.Dispose();
    }

    private static TeeResult Cipher(uint handle, ReadOnlySpan<byte> source, Span<byte> destination, bool isLast, out int size)
    {
        size = 0;
        return Objects.TryFind(handle, out CipherState? state) ? state.Update(source, destination, isLast, out size) : TeeResult.BadParameters;
    }
}
