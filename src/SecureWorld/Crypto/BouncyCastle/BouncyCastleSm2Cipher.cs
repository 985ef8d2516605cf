using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Engines;
using Org.BouncyCastle.Crypto.Parameters;
using RestrictedTee.Sdk;

namespace RestrictedTee.SecureWorld.Crypto.BouncyCastle;

/// <summary>SM2 encryption of BouncyCastle, in GlobalPlatform's order: point, message, digest.</summary>
internal sealed class BouncyCastleSm2Cipher : AsymmetricCipherEngine
{
    private const int Overhead = 65 + 32;

    private readonly bool _encrypts;
    private ICipherParameters? _key;

    private BouncyCastleSm2Cipher(bool encrypts) => _encrypts = encrypts;

    internal static Provider<AsymmetricCipherEngine> Provider { get; } = new("BouncyCastle", () => true, mode => new BouncyCastleSm2Cipher(mode == OperationMode.Encrypt));

    internal override int MaxSizeOf(int source, OperationMode mode) => mode == OperationMode.Encrypt ? source + Overhead : source;

    internal override bool SetKey(KeyMaterial key)
    {
        _key = _encrypts ? BouncyCastleCurves.TryImportPublic(key) : BouncyCastleCurves.TryImportPrivate(key);
        return _key is not null;
    }

    internal override TeeResult Encrypt(AttributeReader parameters, ReadOnlySpan<byte> source, Span<byte> destination, out int size) =>
        source.IsEmpty ? None(TeeResult.BadParameters, out size) : Operate(new ParametersWithRandom(_key), source, destination, out size);

    internal override TeeResult Decrypt(AttributeReader parameters, ReadOnlySpan<byte> source, Span<byte> destination, out int size)
    {
        // The other forms of a point are not GlobalPlatform's.
        if (source.Length <= Overhead || source[0] != 4)
            return None(TeeResult.BadParameters, out size);
        return Operate(_key!, source, destination, out size);
    }

    internal override void Forget() => _key = null;

    private static TeeResult None(TeeResult result, out int size)
    {
        size = 0;
        return result;
    }

    private TeeResult Operate(ICipherParameters key, ReadOnlySpan<byte> source, Span<byte> destination, out int size)
    {
        size = 0;
        try
        {
            var engine = new SM2Engine(SM2Engine.Mode.C1C2C3);
            engine.Init(_encrypts, key);
            byte[] done = engine.ProcessBlock(source.ToArray(), 0, source.Length);
            done.CopyTo(destination);
            size = done.Length;
            System.Security.Cryptography.CryptographicOperations.ZeroMemory(done);
            return TeeResult.Success;
        }
        catch (Exception e) when (e is InvalidCipherTextException or ArgumentException)
        {
            return TeeResult.CiphertextInvalid; // the digest is wrong, or the point is on no curve
        }
    }
}
