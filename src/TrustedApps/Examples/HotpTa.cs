using System.Buffers.Binary;
using System.Security.Cryptography;
using RestrictedTee.Contracts;
using RestrictedTee.Sdk;

namespace RestrictedTee.TrustedApps.Examples;

/// <summary>The hotp example: one-time passwords (RFC 4226). It shows what a session keeps, and how a MAC is computed, step by step.</summary>
[TrustedApp(HotpExample.UuidText, Description = "Example of One Time Passwords based HMAC operation (RFC4226)")]
public sealed class HotpTa : TrustedApp
{
    private const int MacSize = 20;
    private const uint Modulus = 1_000_000; // six digits

    /// <summary>Gives the session what it keeps between two commands. Because that is <see cref="IDisposable"/>, it ends with the session.</summary>
    [OpenSession]
    public static void Open(TaSession session) => session.Context = new Generator();

    /// <summary>Takes the key that the client has agreed on with somebody.</summary>
    [Command(HotpExample.CommandRegisterSharedKey)]
    public static TeeResult RegisterSharedKey(TaSession session, MemrefInput key)
    {
        if (key.Size > HotpExample.LargestKey)
            return TeeResult.BadParameters;
        session.Get<Generator>().SetKey(key.Span);
        return TeeResult.Success;
    }

    /// <summary>The next password.</summary>
    [Command(HotpExample.CommandGetHotp)]
    public static TeeResult GetHotp(TaSession session, ValueOutput password)
    {
        Generator generator = session.Get<Generator>();
        ulong counter = generator.Next(); // also without a key, as in the original
        if (generator.Key.Length < HotpExample.SmallestKey)
            return TeeResult.BadParameters;

        Span<byte> moving = stackalloc byte[sizeof(ulong)], mac = stackalloc byte[MacSize];
        BinaryPrimitives.WriteUInt64BigEndian(moving, counter);
        HmacSha1(generator.Key, moving, mac);
        password.A = Truncate(mac);
        CryptographicOperations.ZeroMemory(mac); // a password tells twenty bits of it, and nobody is to have the rest
        return TeeResult.Success;
    }

    /// <summary>The order in which a MAC is computed by the Internal Core API. Sizes of keys are bits there, all others bytes.</summary>
    private static void HmacSha1(ReadOnlySpan<byte> key, ReadOnlySpan<byte> message, Span<byte> mac)
    {
        // 1. An operation (TEE_AllocateOperation), with room for a key of this size.
        using MacOperation operation = MacOperation.Allocate(TeeAlgorithm.HmacSha1, key.Length * 8);

        // 2. An object for the key (TEE_AllocateTransientObject): an operation takes no bytes, only keys, which know what they may be used for.
        using TransientObject secret = TransientObject.Allocate(ObjectType.HmacSha1, key.Length * 8);

        // 3. The bytes become the key's attribute (TEE_InitRefAttribute, TEE_PopulateTransientObject).
        secret.Populate(AttributeId.SecretValue, key);

        // 4. The operation takes a copy of the key (TEE_SetOperationKey).
        operation.SetKey(secret);

        // 5. Begin, go on, end (TEE_MACInit, TEE_MACUpdate, TEE_MACComputeFinal). Both are freed where the method ends, however it does.
        operation.Init();
        operation.Update(message);
        operation.ComputeFinal([], mac);
    }

    /// <summary>RFC 4226 section 5.3: four bytes of the MAC, from where its last four bits say, without the first bit.</summary>
    private static uint Truncate(ReadOnlySpan<byte> mac) =>
        (BinaryPrimitives.ReadUInt32BigEndian(mac[(mac[^1] & 0xF)..]) & 0x7FFF_FFFF) % Modulus;

    /// <summary>A key, which lies in secure RAM and never on the managed heap, and how many passwords it has given.</summary>
    private sealed class Generator : IDisposable
    {
        private readonly SecureMemory _memory = SecureMemory.Allocate(HotpExample.LargestKey);
        private int _size;
        private ulong _counter;

        internal ReadOnlySpan<byte> Key => _memory.Span[.._size];

        internal void SetKey(ReadOnlySpan<byte> key)
        {
            _memory.Span.Clear();
            key.CopyTo(_memory.Span);
            _size = key.Length;
        }

        internal ulong Next() => unchecked(_counter++);

        /// <summary>Scrubs the key.</summary>
        public void Dispose() => _memory.Dispose();
    }
}
