using System.Text.Json;
using RestrictedTee.Sdk;

namespace RestrictedTee.Tests.Crypto;

/// <summary>What the standards say that comes out, in hexadecimal. An algorithm of the table that has nothing here fails its tests.</summary>
internal static class Vectors
{
    /// <summary>Key, IV, plaintext, ciphertext: NIST SP 800-38A, appendix F; and what stands in Ciphers.json.</summary>
    internal static readonly Dictionary<TeeAlgorithm, string[][]> Ciphers = new(Load<string[]>("Ciphers"))
    {
        [TeeAlgorithm.AesEcbNoPad] =
        [
            ["2b7e151628aed2a6abf7158809cf4f3c", "", "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51", "3ad77bb40d7a3660a89ecaf32466ef97f5d3d58503b9699de785895a96fdbaaf"],
            ["8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b", "", "6bc1bee22e409f96e93d7e117393172a", "bd334f1d6e45f25ff712a214571fa5cc"],
            ["603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4", "", "6bc1bee22e409f96e93d7e117393172a", "f3eed1bdb5d2a03c064b5a7e3db181f8"],
        ],
        [TeeAlgorithm.AesCbcNoPad] =
        [
            ["2b7e151628aed2a6abf7158809cf4f3c", "000102030405060708090a0b0c0d0e0f", "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51", "7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b2"],
            ["603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4", "000102030405060708090a0b0c0d0e0f", "6bc1bee22e409f96e93d7e117393172a", "f58c4c04d6e5f1ba779eabfb5f7bfbd6"],
        ],
        [TeeAlgorithm.AesCtr] =
        [
            ["2b7e151628aed2a6abf7158809cf4f3c", "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff", "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51", "874d6191b620e3261bef6864990db6ce9806f66b7970fdff8617187bb9fffdff"],
            ["603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4", "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff", "6bc1bee22e409f96e93d7e117393172a", "601ec313775789a5b7a7f504bbf3d228"],
        ],
    };

    /// <summary>Digests of "abc": FIPS 180-4's and FIPS 202's examples, RFC 1321 appendix A.5, GM/T 0004-2012 appendix A.1.</summary>
    internal static readonly Dictionary<TeeAlgorithm, string> Digests = new()
    {
        [TeeAlgorithm.Md5] = "900150983cd24fb0d6963f7d28e17f72",
        [TeeAlgorithm.Sha1] = "a9993e364706816aba3e25717850c26c9cd0d89d",
        [TeeAlgorithm.Sha224] = "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7",
        [TeeAlgorithm.Sha256] = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        [TeeAlgorithm.Sha384] = "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7",
        [TeeAlgorithm.Sha512] = "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
        [TeeAlgorithm.Sha3Of224] = "e642824c3f8cf24ad09234ee7d3c766fc9a3a5168d0c94ad73b46fdf",
        [TeeAlgorithm.Sha3Of256] = "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532",
        [TeeAlgorithm.Sha3Of384] = "ec01498288516fc926459f58e2c6ad8df9b473cb0fc08c2596da7cf0e49be4b298d88cea927ac7f539f1edf228376d25",
        [TeeAlgorithm.Sha3Of512] = "b751850b1a57168a5693cd924b6b096e08f621827444f70d884f5d0240d2712e10e116e9192af3c91a7ec57647e3934057340b4cf408d5a56592f8274eec53f0",
        [TeeAlgorithm.Shake128] = "5881092dd818bf5cf8a3ddb793fbcba74097d5c526a6d35f97b83351940f2cc8",
        [TeeAlgorithm.Shake256] = "483366601360a8771c6863080cc4114d8db44530f8f1e1ee4f94ea37e78b5739d5a15bef186a5386c75744c0527e1faa9f8726e462a12a4feb06bd8801e751e4",
        [TeeAlgorithm.Sm3] = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0",
    };

    /// <summary>Key, message, code: RFC 4493 section 4; of the HMACs RFC 2202's and RFC 4231's case 2, and its like where they have none; and what stands in Macs.json.</summary>
    internal static readonly Dictionary<TeeAlgorithm, string[][]> Macs = new(Load<string[]>("Macs"))
    {
        [TeeAlgorithm.AesCmac] =
        [
            ["2b7e151628aed2a6abf7158809cf4f3c", "", "bb1d6929e95937287fa37d129b756746"],
            ["2b7e151628aed2a6abf7158809cf4f3c", "6bc1bee22e409f96e93d7e117393172a", "070a16b46b4d4144f79bdd9dd04a287c"],
            ["2b7e151628aed2a6abf7158809cf4f3c", "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411", "dfa66747de9ae63030ca32611497c827"],
        ],
        [TeeAlgorithm.HmacMd5] = [["4a656665", "7768617420646f2079612077616e7420666f72206e6f7468696e673f", "750c783e6ab0b503eaa86e310a5db738"]],
        [TeeAlgorithm.HmacSha1] = [["4a656665", "7768617420646f2079612077616e7420666f72206e6f7468696e673f", "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"]],
        [TeeAlgorithm.HmacSha224] = [["4a656665", "7768617420646f2079612077616e7420666f72206e6f7468696e673f", "a30e01098bc6dbbf45690f3a7e9e6d0f8bbea2a39e6148008fd05e44"]],
        [TeeAlgorithm.HmacSha256] = [["4a656665", "7768617420646f2079612077616e7420666f72206e6f7468696e673f", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"]],
        [TeeAlgorithm.HmacSha384] = [["4a656665", "7768617420646f2079612077616e7420666f72206e6f7468696e673f", "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649"]],
        [TeeAlgorithm.HmacSha512] = [["4a656665", "7768617420646f2079612077616e7420666f72206e6f7468696e673f", "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737"]],
        [TeeAlgorithm.HmacSha3Of224] = [["4a656665", "7768617420646f2079612077616e7420666f72206e6f7468696e673f", "7fdb8dd88bd2f60d1b798634ad386811c2cfc85bfaf5d52bbace5e66"]],
        [TeeAlgorithm.HmacSha3Of256] = [["4a656665", "7768617420646f2079612077616e7420666f72206e6f7468696e673f", "c7d4072e788877ae3596bbb0da73b887c9171f93095b294ae857fbe2645e1ba5"]],
        [TeeAlgorithm.HmacSha3Of384] = [["4a656665", "7768617420646f2079612077616e7420666f72206e6f7468696e673f", "f1101f8cbf9766fd6764d2ed61903f21ca9b18f57cf3e1a23ca13508a93243ce48c045dc007f26a21b3f5e0e9df4c20a"]],
        [TeeAlgorithm.HmacSha3Of512] = [["4a656665", "7768617420646f2079612077616e7420666f72206e6f7468696e673f", "5a4bfeab6166427c7a3647b747292b8384537cdb89afb3bf5665e4c5e709350b287baec921fd7ca0ee7a0c31d022a95e1fc92ba9d77df883960275beb4e62024"]],
        [TeeAlgorithm.HmacSm3] = [["4a656665", "7768617420646f2079612077616e7420666f72206e6f7468696e673f", "2e87f1d16862e6d964b50a5200bf2b10b764faa9680a296a2405f24bec39f882"]],
    };

    /// <summary>Key, nonce, data that is authenticated only, plaintext, ciphertext, tag, and where it stands where that is in the file: cases 2 and 4 of the GCM specification's appendix B; and what stands in AuthenticatedEncryption.json.</summary>
    internal static readonly Dictionary<TeeAlgorithm, string[][]> AuthenticatedEncryption = With(Load<string[]>("AuthenticatedEncryption"), new()
    {
        [TeeAlgorithm.AesGcm] =
        [
            ["00000000000000000000000000000000", "000000000000000000000000", "", "00000000000000000000000000000000", "0388dace60b6a392f328c2b971b2fe78", "ab6e47d42cec13bdf53a67b21257bddf"],
            [
                "feffe9928665731c6d6a8f9467308308",
                "cafebabefacedbaddecaf888",
                "feedfacedeadbeeffeedfacedeadbeefabaddad2",
                "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
                "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091",
                "5bc94fbc3221a5db94fae95ae7121a47",
            ],
        ],
    });

    /// <summary>Type and parts of the key, parameters, digest, signature, and where it stands.</summary>
    internal static IReadOnlyDictionary<TeeAlgorithm, JsonElement[][]> Signatures { get; } = Load<JsonElement[]>("Signatures");

    /// <summary>Type and parts of the key, parameters, message, ciphertext, and where it stands.</summary>
    internal static IReadOnlyDictionary<TeeAlgorithm, JsonElement[][]> AsymmetricCiphers { get; } = Load<JsonElement[]>("AsymmetricCiphers");

    /// <summary>Type and parts of the key, parts of the second one, parameters, secret, and where it stands.</summary>
    internal static IReadOnlyDictionary<TeeAlgorithm, JsonElement[][]> Derivations { get; } = Load<JsonElement[]>("Derivations");

    private static Dictionary<TeeAlgorithm, string[][]> With(Dictionary<TeeAlgorithm, string[][]> file, Dictionary<TeeAlgorithm, string[][]> here)
    {
        foreach ((TeeAlgorithm id, string[][] rows) in here)
            file[id] = [.. rows, .. file.GetValueOrDefault(id) ?? []];
        return file;
    }

    private static Dictionary<TeeAlgorithm, T[]> Load<T>(string name)
    {
        using Stream file = typeof(Vectors).Assembly.GetManifestResourceStream($"Vectors/{name}")!;
        return JsonSerializer.Deserialize<Dictionary<string, T[]>>(file)!.ToDictionary(row => Enum.Parse<TeeAlgorithm>(row.Key), row => row.Value);
    }
}
