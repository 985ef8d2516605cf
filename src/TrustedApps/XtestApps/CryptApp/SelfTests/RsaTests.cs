using RestrictedTee.Sdk;
using RestrictedTee.TrustedApps.XtestApps.CryptApp.Certificates;

namespace RestrictedTee.TrustedApps.XtestApps.CryptApp.SelfTests;

/// <summary>RSA with the test authority's key, by PKCS#1 v1.5, with answers that another implementation gave.</summary>
internal static class RsaTests
{
    private const string Sha256OfAbc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    private const string Signature =
        "833d84878cb7737360fc450af0a5dc762ad891cbccdedc9ab505df6c3d2c4b8afd74f82396e6b3fda04cb87afe4e7a461f76621319fb7b1e622ac8407df8ca15" +
        "d60ff6f4fb4273c7e9cc81279f8d2698f5a84a010f12764bd96030fe84d29f7ecb7334ee60e6d0943eff40991a61ee36f256c33ab216c5f747bcf77e7641992b" +
        "51895b8b795aab7c5500eb613669e84a77cf5f58f10613caad5e153fbc645d1674072365e69869148e10b92ceaea02a79d370acf73ea5d2c05bc8dc0ea156881" +
        "0ecc82f517bd611c1b85a956c60f84a3a921e1ce5fcb5948dc4e054f0f49accde2ff94ac9bb76e25a617e0a1cbc6a5ce2de95b0191a4349b7da4dab03b53a269";

    private const string Ciphertext =
        "a9644f2c2c2739f6587723c7d746bb8c3c61640f402f42d8e35e349b74d4c016494b27aa496db88ca6b6ec4542a1e27077d5afb99d3606d1a6b289b109d01a0b" +
        "399e326de2073317590b2d0ee092bc6b49f476c66280fc10d9295dd13df3215f681c163f71388ee5f3b92c9c0b60b074a40a2b40e8d830fd7c802a1273702904" +
        "2ad95b58bbfdf762f90740d3173921a5c1370900584cc7550705afdd3041afc7e5bcc41d2afbb6d70fe82ea4688a910c8f42f658318d44b960ca24e154f069e8" +
        "859b6e7fcb281924ece01b1eaf44f3a6d1e2d74c69169a975996121b9d631b96b6fc4063017ab897c5a55f905ddc14244b61118d7c173c40182e5d848687fa78";

    private static ReadOnlySpan<byte> Message => "abc"u8;

    internal static bool Rsa()
    {
        using TransientObject key = TestAuthority.LoadKey();
        return Signs(key) && Decrypts(key);
    }

    private static bool Signs(TransientObject key)
    {
        using AsymmetricOperation signing = Keyed(TeeAlgorithm.RsassaPkcs1Sha256, OperationMode.Sign, key), verifying = Keyed(TeeAlgorithm.RsassaPkcs1Sha256, OperationMode.Verify, key);
        byte[] digest = Convert.FromHexString(Sha256OfAbc), known = Convert.FromHexString(Signature), signature = new byte[known.Length];
        bool isKnown = signing.SignDigest(digest, signature) == known.Length && signature.AsSpan().SequenceEqual(known) && verifying.VerifyDigest(digest, known);
        digest[0] ^= 1;
        return isKnown && !verifying.VerifyDigest(digest, known);
    }

    /// <summary>What another implementation has encrypted, and what this one has, which is different each time.</summary>
    private static bool Decrypts(TransientObject key)
    {
        using AsymmetricOperation encrypting = Keyed(TeeAlgorithm.RsaesPkcs1, OperationMode.Encrypt, key), decrypting = Keyed(TeeAlgorithm.RsaesPkcs1, OperationMode.Decrypt, key);
        byte[] known = Convert.FromHexString(Ciphertext), own = new byte[known.Length], plain = new byte[known.Length];
        bool isKnown = plain.AsSpan(0, decrypting.Decrypt(known, plain)).SequenceEqual(Message);
        encrypting.Encrypt(Message, own);
        return isKnown && !own.AsSpan().SequenceEqual(known) && plain.AsSpan(0, decrypting.Decrypt(own, plain)).SequenceEqual(Message);
    }

    private static AsymmetricOperation Keyed(TeeAlgorithm algorithm, OperationMode mode, TransientObject key)
    {
        AsymmetricOperation operation = AsymmetricOperation.Allocate(algorithm, mode, TestAuthority.KeySize);
        operation.SetKey(key);
        return operation;
    }
}
