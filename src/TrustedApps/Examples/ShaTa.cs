using RestrictedTee.Contracts;
using RestrictedTee.Sdk;

namespace RestrictedTee.TrustedApps.Examples;

/// <summary>The sha example: digests, which need nothing, and MACs, which need a key. The session's context is the MAC, with the key in it.</summary>
[TrustedApp(ShaExample.UuidText, Description = "Example of TA using an SHA sequence")]
public sealed class ShaTa : TrustedApp
{
    /// <summary>Opens whatever parameters come.</summary>
    [OpenSession]
    public static void Open(RawParameters parameters)
    {
        // There is nothing to keep before the first command.
    }

    /// <summary>A digest, in one go.</summary>
    [Command(ShaExample.CommandComputeDigest)]
    public static TeeResult ComputeDigest(MemrefInput message, MemrefOutput digest, ValueInput algorithm)
    {
        // TEE_AllocateOperation refuses what is no digest, so the client's number goes there as it is.
        using DigestOperation operation = DigestOperation.Allocate((TeeAlgorithm)algorithm.A);
        operation.Update(message.Span);
        TeeResult result = operation.TryDoFinal([], digest.Span, out int size);
        digest.Size = size;
        return result;
    }

    /// <summary>Makes the MAC, in place of the one that the session may have.</summary>
    [Command(ShaExample.CommandPrepare)]
    public static TeeResult Prepare(TaSession session, ValueInput algorithm, ValueInput keySize, ValueInput keyType)
    {
        ObjectType type = (ShaExample.KeyType)keyType.A switch
        {
            ShaExample.KeyType.HmacSha256 => ObjectType.HmacSha256,
            ShaExample.KeyType.HmacSha1 => ObjectType.HmacSha1,
            ShaExample.KeyType.HmacSha224 => ObjectType.HmacSha224,
            ShaExample.KeyType.HmacSha384 => ObjectType.HmacSha384,
            ShaExample.KeyType.HmacSha512 => ObjectType.HmacSha512,
            ShaExample.KeyType.Aes => ObjectType.Aes,
            _ => default,
        };
        if (type == default)
            return TeeResult.BadParameters;
        Forget(session);
        if (keySize.A > int.MaxValue / 8)
            return TeeResult.NotSupported; // more bits than there are numbers

        // A MAC for a key of that size; a key of zeroes, until the client brings another; and the one in the other.
        int bits = (int)keySize.A * 8;
        MacOperation mac = MacOperation.Allocate((TeeAlgorithm)algorithm.A, bits);
        session.Context = new Prepared(mac, type);
        try
        {
            using SecureMemory zeroes = SecureMemory.Allocate(bits / 8);
            Load(mac, type, zeroes.Span);
        }
        catch (TeeException)
        {
            Forget(session); // a MAC without a key is none
            throw;
        }

        return TeeResult.Success;
    }

    /// <summary>Loads a key. What has begun with another one is given up.</summary>
    [Command(ShaExample.CommandSetKey)]
    public static TeeResult SetKey(TaSession session, MemrefInput key)
    {
        (MacOperation mac, ObjectType type) = session.Get<Prepared>();
        if (key.Size != mac.MaxKeySize / 8)
            return TeeResult.BadParameters;
        mac.Reset();
        Load(mac, type, key.Span);
        return TeeResult.Success;
    }

    /// <summary>Begins a message (TEE_MACInit). Parameters have to be what the contract says, also those that nobody needs.</summary>
    [Command(ShaExample.CommandSetIv)]
    public static void SetIv(TaSession session, MemrefInput iv) => session.Get<Prepared>().Mac.Init();

    /// <summary>The MAC of a message that, as in the original, comes twice: once to go on with, and once more at the end.</summary>
    [Command(ShaExample.CommandComputeMac)]
    public static TeeResult ComputeMac(TaSession session, MemrefInput message, MemrefOutput code)
    {
        MacOperation mac = session.Get<Prepared>().Mac;
        int needed = mac.Info.DigestLength;
        if (code.Span.Length < needed)
        {
            code.Size = needed;
            return TeeResult.ShortBuffer; // before anything has happened, so that the client can ask again
        }

        using SecureMemory copy = message.ToPrivate(); // the same both times, whatever the client does meanwhile
        mac.Update(copy.Span);
        code.Size = mac.ComputeFinal(copy.Span, code.Span);
        return TeeResult.Success;
    }

    /// <summary>Whether a MAC is that of a message (TEE_MACCompareFinal). Never compare MACs byte by byte: how long that takes tells where they differ.</summary>
    [Command(ShaExample.CommandCompareMac)]
    public static TeeResult CompareMac(TaSession session, MemrefInput message, MemrefInput code)
    {
        MacOperation mac = session.Get<Prepared>().Mac;
        using SecureMemory copy = message.ToPrivate();
        mac.Update(copy.Span);
        return mac.CompareFinal(copy.Span, code.Span) ? TeeResult.Success : TeeResult.MacInvalid;
    }

    /// <inheritdoc/>
    protected override TeeResult OtherCommand(TaSession session, uint command) => TeeResult.NotSupported;

    /// <summary>Bytes become a key, and the MAC takes a copy of it. A type of key that is none of the algorithm's is a panic there.</summary>
    private static void Load(MacOperation mac, ObjectType type, ReadOnlySpan<byte> bytes)
    {
        using TransientObject key = TransientObject.Allocate(type, bytes.Length * 8);
        key.Populate(AttributeId.SecretValue, bytes);
        mac.SetKey(key);
    }

    private static void Forget(TaSession session)
    {
        (session.Context as Prepared)?.Dispose();
        session.Context = null;
    }

    /// <summary>A MAC, and the type of the keys that the client brings for it.</summary>
    private sealed record Prepared(MacOperation Mac, ObjectType KeyType) : IDisposable
    {
        public void Dispose() => Mac.Dispose();
    }
}
