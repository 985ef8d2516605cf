using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Crypto.BouncyCastle;
using RestrictedTee.SecureWorld.Crypto.OpenSsl;

namespace RestrictedTee.SecureWorld.Crypto.Derivations;

/// <summary>Diffie-Hellman on P-192 to P-521 (NIST SP 800-56A): the secret is the x of a point, of the curve's size.</summary>
internal static class Ecdh
{
    internal static DerivationAlgorithm Row { get; } = new(TeeAlgorithm.EcdhDeriveSharedSecret, "NIST SP 800-56A, 5.7.1.2")
    {
        Key = ObjectType.EcdhKeyPair,
        OnCurves = Curves.Nist,
        Providers = [OpenSslAgreement.Provider, BouncyCastleAgreement.Provider],
    };
}
