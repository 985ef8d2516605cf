using System.Diagnostics.CodeAnalysis;
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
        CryptoState? state;
        TeeResult result = AlgorithmTable.Find(algorithm) switch
        {
            CipherAlgorithm cipher when mode is OperationMode.Encrypt or OperationMode.Decrypt => NewCipher(resources, cipher, mode, key1, key2, out state),
            AeAlgorithm ae when mode is OperationMode.Encrypt or OperationMode.Decrypt => NewAe(resources, ae, mode, key1, key2, out state),
            Crypto.HashAlgorithm hash when mode == hash.Mode => NewHash(resources, hash, key1, key2, out state),
            _ => Refused(out state),
        };
        if (state is null)
            return result;
        state.KeyHandle = key1;
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

    TeeResult ICryptoServices.AeInit(uint handle, ReadOnlySpan<byte> nonce, int tagSize) =>
        Objects.TryFind(handle, out AeState? state) ? state.Init(nonce, tagSize) : TeeResult.BadParameters;

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

    void ICryptoServices.GenerateRandom(Span<byte> bytes) => RandomNumberGenerator.Fill(bytes);

    private static HandleTable Objects => CallStack.Current.Top.Session!.Instance.Resources.Objects;

    /// <summary>Ends an operation whose handle has gone, and that of its key.</summary>
    private static void End(HandleTable objects, CryptoState state)
    {
        objects.Remove(state.KeyHandle);
        state.Dispose();
    }

    private static TeeResult Cipher(uint handle, ReadOnlySpan<byte> source, Span<byte> destination, bool isLast, out int size)
    {
        size = 0;
        return Objects.TryFind(handle, out CipherState? state) ? state.Update(source, destination, isLast, out size) : TeeResult.BadParameters;
    }

    private TeeResult NewCipher(InstanceResources resources, CipherAlgorithm algorithm, OperationMode mode, uint key1, uint key2, out CryptoState? state)
    {
        state = null;
        if (key2 != 0 || !TryFindFreeKey(resources, key1, algorithm.Key, out KeyObject? key))
            return TeeResult.BadParameters;
        SecureBlock? block = algorithm.BlockSize > 1 ? resources.Allocate(ram, algorithm.BlockSize) : null;
        if (algorithm.BlockSize > 1 && block is null)
            return TeeResult.OutOfMemory;
        if (algorithm.CreateEngine(mode) is not { } engine)
        {
            block?.Dispose();
            return TeeResult.NotSupported;
        }

        state = key.Owner = new CipherState(algorithm, mode, key, engine, block);
        return TeeResult.Success;
    }

    private TeeResult NewHash(InstanceResources resources, Crypto.HashAlgorithm algorithm, uint key1, uint key2, out CryptoState? state)
    {
        state = null;
        KeyObject? key = null;
        if (key2 != 0 || (algorithm.KeyType is { } type ? !TryFindFreeKey(resources, key1, type, out key) : key1 != 0))
            return TeeResult.BadParameters;
        SecureBlock? digest = key is null ? resources.Allocate(ram, algorithm.Size) : null;
        if (key is null && digest is null)
            return TeeResult.OutOfMemory;
        if (algorithm.CreateEngine() is not { } engine)
        {
            digest?.Dispose();
            return TeeResult.NotSupported;
        }

        state = new HashState(algorithm, key, engine, digest);
        if (key is not null)
            key.Owner = state;
        return TeeResult.Success;
    }

    private static TeeResult NewAe(InstanceResources resources, AeAlgorithm algorithm, OperationMode mode, uint key1, uint key2, out CryptoState? state)
    {
        state = null;
        if (key2 != 0 || !TryFindFreeKey(resources, key1, algorithm.Key, out KeyObject? key))
            return TeeResult.BadParameters;
        if (algorithm.CreateEngine(mode) is not { } engine)
            return TeeResult.NotSupported;
        state = key.Owner = new AeState(algorithm, mode, key, engine);
        return TeeResult.Success;
    }

    private static bool TryFindFreeKey(InstanceResources resources, uint handle, ObjectType type, [NotNullWhen(true)] out KeyObject? key) =>
        resources.Objects.TryFind(handle, out key) && key.Owner is null && key.Type == type;

    private static TeeResult Refused(out CryptoState? state)
    {
        state = null;
        return TeeResult.NotSupported;
    }
}
