using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Crypto;
using RestrictedTee.SecureWorld.Crypto.Algorithms;
using RestrictedTee.SecureWorld.Kernel.Objects;
using RestrictedTee.SecureWorld.Kernel.Sessions;
using RestrictedTee.SecureWorld.ProtectedMemory;

namespace RestrictedTee.SecureWorld.Kernel.SystemCalls;

/// <summary>Makes operations: an engine, the memory that the state needs, and the keys, which are the operation's from then on.</summary>
internal readonly ref struct OperationFactory(InstanceResources resources, SecureRam ram)
{
    /// <summary>
    /// What a digest without end keeps, in bytes: 200 of Keccak's state and what waits for a block (FIPS 202). A library has it, so that this counts it, and no
    /// more of them are there than secure RAM, which the other operations take up too, has room for.
    /// </summary>
    private const int EndlessDigestState = 400;

    /// <returns>NotSupported: no such algorithm, mode or number of keys; BadParameters: keys that are none for it.</returns>
    internal TeeResult Create(TeeAlgorithm id, OperationMode mode, uint key1, uint key2, out CryptoState? state)
    {
        state = null;
        if (AlgorithmTable.Find(id) is not { HasProvider: true } algorithm || !IsModeOf(algorithm, mode))
            return TeeResult.NotSupported;
        bool hasTwo = algorithm is CipherAlgorithm { HasTwoKeys: true } or DerivationAlgorithm { HasTwoKeys: true };
        if (!TryFindKey(algorithm, mode, key1, algorithm.KeyType is not null, out KeyObject? key) || !TryFindKey(algorithm, mode, key2, hasTwo, out KeyObject? second) || (hasTwo && key == second))
            return TeeResult.BadParameters;
        int room = RoomOf(algorithm);
        SecureBlock? block = room == 0 ? null : resources.Allocate(ram, room);
        if (room != 0 && block is null)
            return TeeResult.OutOfMemory;
        state = algorithm switch
        {
            CipherAlgorithm cipher => new CipherState(cipher, mode, key!, second, cipher.CreateEngine(mode)!, block),
            AeAlgorithm ae => new AeState(ae, mode, key!, ae.CreateEngine(mode)!, block),
            HashAlgorithm hash => new HashState(hash, key, hash.CreateEngine()!, block),
            SignatureAlgorithm signature => new SignatureState(signature, mode, key!, signature.CreateEngine(mode)!),
            AsymmetricCipherAlgorithm cipher => new AsymmetricCipherState(cipher, mode, key!, cipher.CreateEngine(mode)!),
            DerivationAlgorithm derivation => new DerivationState(derivation, key!, second, derivation.CreateEngine(mode)!),
            _ => throw new InvalidOperationException($"Algorithm {id} has no kind of operation."),
        };
        (state.KeyHandle, state.Key2Handle) = (key1, key2);
        key?.Owner = state;
        second?.Owner = state;
        return TeeResult.Success;
    }

    private static bool IsModeOf(Algorithm algorithm, OperationMode mode) => algorithm switch
    {
        HashAlgorithm hash => mode == hash.Mode,
        SignatureAlgorithm => mode is OperationMode.Sign or OperationMode.Verify,
        DerivationAlgorithm => mode == OperationMode.Derive,
        _ => mode is OperationMode.Encrypt or OperationMode.Decrypt,
    };

    /// <summary>What waits for the rest of its block, or for the last one; a digest of which a part has been told.</summary>
    private static int RoomOf(Algorithm algorithm) => algorithm switch
    {
        CipherAlgorithm { BlockSize: > 1 } cipher => 2 * cipher.BlockSize,
        AeAlgorithm { BlockSize: > 1 } ae => ae.BlockSize,
        DigestAlgorithm { Size: 0 } => EndlessDigestState,
        DigestAlgorithm digest => digest.Size,
        _ => 0,
    };

    private bool TryFindKey(Algorithm algorithm, OperationMode mode, uint handle, bool isNeeded, out KeyObject? key)
    {
        key = null;
        if (!isNeeded)
            return handle == 0;
        return resources.Objects.TryFind(handle, out key) && key.Owner is null && algorithm.Takes(key.Type, mode);
    }
}
