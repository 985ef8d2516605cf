using RestrictedTee.Sdk;

namespace RestrictedTee.TrustedApps.XtestApps.CryptApp.SelfTests;

/// <summary>Block ciphers, there and back: NIST SP 800-38A (appendix F), FIPS 81, NIST SP 800-67.</summary>
internal static class CipherTests
{
    private const string AesPlain = "6bc1bee22e409f96e93d7e117393172a", AesIv = "000102030405060708090a0b0c0d0e0f", DesIv = "1234567890abcdef";
    private const string Aes128 = "2b7e151628aed2a6abf7158809cf4f3c", Aes192 = "8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b";
    private const string Aes256 = "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4";
    private const string Des1 = "0123456789abcdef", TwoKeys = Des1 + "23456789abcdef01", ThreeKeys = TwoKeys + "456789abcdef0123";
    private static readonly string DesPlain = Convert.ToHexString("Now is the time for all "u8), Des3Plain = Convert.ToHexString("The qufck brown fox jump"u8);

    internal static bool Aes() =>
        IsKnown(TeeAlgorithm.AesEcbNoPad, ObjectType.Aes, Aes128, "", AesPlain, "3ad77bb40d7a3660a89ecaf32466ef97")
        && IsKnown(TeeAlgorithm.AesEcbNoPad, ObjectType.Aes, Aes192, "", AesPlain, "bd334f1d6e45f25ff712a214571fa5cc")
        && IsKnown(TeeAlgorithm.AesEcbNoPad, ObjectType.Aes, Aes256, "", AesPlain, "f3eed1bdb5d2a03c064b5a7e3db181f8")
        && IsKnown(TeeAlgorithm.AesCbcNoPad, ObjectType.Aes, Aes128, AesIv, AesPlain, "7649abac8119b246cee98e9b12e9197d")
        && IsKnown(TeeAlgorithm.AesCbcNoPad, ObjectType.Aes, Aes192, AesIv, AesPlain, "4f021db243bc633d7178183a9fa071e8")
        && IsKnown(TeeAlgorithm.AesCbcNoPad, ObjectType.Aes, Aes256, AesIv, AesPlain, "f58c4c04d6e5f1ba779eabfb5f7bfbd6");

    internal static bool Des() =>
        IsKnown(TeeAlgorithm.DesEcbNoPad, ObjectType.Des, Des1, "", DesPlain, "3fa40e8a984d48156a271787ab8883f9893d51ec4b563b53")
        && IsKnown(TeeAlgorithm.DesCbcNoPad, ObjectType.Des, Des1, DesIv, DesPlain, "e5c7cdde872bf27c43e934008c389c0f683788499a7c05f6")
        && IsKnown(TeeAlgorithm.Des3EcbNoPad, ObjectType.Des3, TwoKeys, "", Des3Plain, "c44862f70cf2fbdc9077d0909fa91b884cabd61fc58e0cbb")
        && IsKnown(TeeAlgorithm.Des3EcbNoPad, ObjectType.Des3, ThreeKeys, "", Des3Plain, "a826fd8ce53b855fcce21c8112256fe668d5c05dd9b6b900")
        && IsKnown(TeeAlgorithm.Des3CbcNoPad, ObjectType.Des3, ThreeKeys, DesIv, DesPlain, "f3c0ff026c023089656fbb169def7edb30ba36075d6f0176");

    private static bool IsKnown(TeeAlgorithm algorithm, ObjectType type, string key, string iv, string plain, string cipher)
    {
        byte[] secret = Convert.FromHexString(key), from = Convert.FromHexString(plain), to = Convert.FromHexString(cipher);
        int bits = secret.Length * (type == ObjectType.Aes ? 8 : 7); // DES counts no parity
        using TransientObject keyObject = TransientObject.Allocate(type, bits);
        keyObject.Populate(AttributeId.SecretValue, secret);
        return Operate(OperationMode.Encrypt, from).AsSpan().SequenceEqual(to) && Operate(OperationMode.Decrypt, to).AsSpan().SequenceEqual(from);

        byte[] Operate(OperationMode mode, byte[] source)
        {
            using CipherOperation operation = CipherOperation.Allocate(algorithm, mode, bits);
            byte[] destination = new byte[source.Length];
            operation.SetKey(keyObject);
            operation.Init(Convert.FromHexString(iv));
            operation.DoFinal(source, destination);
            return destination;
        }
    }
}
