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
            DigestAlgorithm digest when mode == OperationMode.Digest => NewDigest(resources, digest, key1, key2, out state),
            _ => Refused(out state),
        };
        if (state is null)
            return result;
        handle = resources.Objects.Add(state);
        if (handle != 0)
            return TeeResult.Success;
        state.Dispose();
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
        state.Dispose();
        return TeeResult.Success;
    }

    TeeResult ICryptoServices.HashInit(uint handle) =>
        Objects.TryFind(handle, out DigestState? state) ? state.Init() : TeeResult.BadParameters;

    TeeResult ICryptoServices.HashUpdate(uint handle, ReadOnlySpan<byte> chunk) =>
        Objects.TryFind(handle, out DigestState? state) ? state.Update(chunk) : TeeResult.BadParameters;

    TeeResult ICryptoServices.HashFinal(uint handle, ReadOnlySpan<byte> chunk, Span<byte> hash, out int size)
    {
        size = 0;
        return Objects.TryFind(handle, out DigestState? state) ? state.Final(chunk, hash, out size) : TeeResult.BadParameters;
    }

    TeeResult ICryptoServices.HashExtract(uint handle, Span<byte> hash, out int size)
    {
        size = 0;
        return Objects.TryFind(handle, out DigestState? state) ? state.Extract(hash, out size) : TeeResult.BadParameters;
    }

    TeeResult ICryptoServices.CipherInit(uint handle, ReadOnlySpan<byte> iv) =>
        Objects.TryFind(handle, out CipherState? state) ? state.Init(iv) : TeeResult.BadParameters;

    TeeResult ICryptoServices.CipherUpdate(uint handle, ReadOnlySpan<byte> source, Span<byte> destination, out int size) =>
        Cipher(handle, source, destination, isLast: false, out size);

    TeeResult ICryptoServices.CipherFinal(uint handle, ReadOnlySpan<byte> source, Span<byte> destination, out int size) =>
        Cipher(handle, source, destination, isLast: true, out size);

    private static HandleTable Objects => CallStack.Current.Top.Session!.Instance.Resources.Objects;

    private static TeeResult Cipher(uint handle, ReadOnlySpan<byte> source, Span<byte> destination, bool isLast, out int size)
    {
        size = 0;
        return Objects.TryFind(handle, out CipherState? state) ? state.Update(source, destination, isLast, out size) : TeeResult.BadParameters;
    }

    private TeeResult NewCipher(InstanceResources resources, CipherAlgorithm algorithm, OperationMode mode, uint key1, uint key2, out CryptoState? state)
    {
        state = null;
        if (key2 != 0 || !resources.Objects.TryFind(key1, out KeyObject? key) || key.Owner is not null || key.Type != algorithm.Key)
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

    private TeeResult NewDigest(InstanceResources resources, DigestAlgorithm algorithm, uint key1, uint key2, out CryptoState? state)
    {
        state = null;
        if (key1 != 0 || key2 != 0)
            return TeeResult.BadParameters;
        if (resources.Allocate(ram, algorithm.Size) is not { } digest)
            return TeeResult.OutOfMemory;
        if (algorithm.CreateEngine() is not { } engine)
        {
            digest.Dispose();
            return TeeResult.NotSupported;
        }

        state = new DigestState(algorithm, engine, digest);
        return TeeResult.Success;
    }

    private static TeeResult Refused(out CryptoState? state)
    {
        state = null;
        return TeeResult.NotSupported;
    }
}
