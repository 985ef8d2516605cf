using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Org.BouncyCastle.Crypto.Agreement;
using Org.BouncyCastle.Crypto.Parameters;
using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Crypto.Schemes;

namespace RestrictedTee.SecureWorld.Crypto.BouncyCastle;

/// <summary>SM2 key exchange of BouncyCastle (GM/T 0003.3), with confirmation where the parameters ask for it.</summary>
internal sealed class BouncyCastleSm2Exchange : DerivationEngine
{
    private const int ConfirmationSize = 32;

    private ECPrivateKeyParameters? _own;
    private ECPrivateKeyParameters? _ephemeral;

    internal static Provider<DerivationEngine> Provider { get; } = new("BouncyCastle", () => true, _ => new BouncyCastleSm2Exchange());

    internal override bool SetKey(KeyMaterial key)
    {
        _own = BouncyCastleCurves.TryImportPrivate(key);
        return _own is not null;
    }

    internal override bool SetSecondKey(KeyMaterial key)
    {
        _ephemeral = BouncyCastleCurves.TryImportPrivate(key);
        return _ephemeral is not null;
    }

    internal override TeeResult Derive(AttributeReader parameters, Span<byte> secret, out int size)
    {
        size = 0;
        if (!Sm2ExchangeParameters.TryRead(parameters, out Sm2ExchangeParameters found) || secret.IsEmpty)
            return TeeResult.BadParameters;
        ECPublicKeyParameters? peer = BouncyCastleCurves.TryImportPoint(EccCurve.Sm2, found.X, found.Y);
        ECPublicKeyParameters? ephemeral = BouncyCastleCurves.TryImportPoint(EccCurve.Sm2, found.EphemeralX, found.EphemeralY);
        if (peer is null || ephemeral is null)
            return TeeResult.BadParameters;

        var exchange = new SM2KeyExchange();
        exchange.Init(new ParametersWithID(new SM2KeyExchangePrivateParameters(found.IsInitiator, _own, _ephemeral), (found.IsInitiator ? found.Initiator : found.Responder).ToArray()));
        var other = new ParametersWithID(new SM2KeyExchangePublicParameters(peer, ephemeral), (found.IsInitiator ? found.Responder : found.Initiator).ToArray());
        byte[]? key;
        try
        {
            key = found.HasConfirmation ? Confirm(exchange, other, found, 8 * secret.Length) : exchange.CalculateKey(8 * secret.Length, other);
        }
        catch (Exception e) when (e is InvalidOperationException or ArithmeticException or ArgumentException)
        {
            key = null; // what the other side has confirmed is something else, or the secret is none
        }

        if (key is null)
            return TeeResult.BadParameters;
        key.CopyTo(secret);
        size = secret.Length;
        CryptographicOperations.ZeroMemory(key);
        return TeeResult.Success;
    }

    internal override void Forget() => (_own, _ephemeral) = (null, null);

    private static byte[]? Confirm(SM2KeyExchange exchange, ParametersWithID other, Sm2ExchangeParameters found, int bits)
    {
        // The initiator looks at what comes in by itself; of the responder the library tells what must come in.
        byte[][] made = exchange.CalculateKeyWithConfirmation(bits, found.IsInitiator ? found.ConfirmationIn.ToArray() : null, other);
        if (!found.IsInitiator && !found.ConfirmationIn.IsEmpty && !CryptographicOperations.FixedTimeEquals(made[2], found.ConfirmationIn))
            return null;
        // The parameters of a derivation are memory to be written, though they are read as the others are.
        if (found.ConfirmationOut.Length >= ConfirmationSize)
            made[1].CopyTo(MemoryMarshal.CreateSpan(ref MemoryMarshal.GetReference(found.ConfirmationOut), ConfirmationSize));
        return made[0];
    }
}
