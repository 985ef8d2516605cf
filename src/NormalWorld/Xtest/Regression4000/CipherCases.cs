using System.Text.Json;
using RestrictedTee.Contracts;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.Xtest.Framework;

namespace RestrictedTee.Xtest.Regression4000;

/// <summary>Ciphers and authenticated encryption.</summary>
internal static class CipherCases
{
    private const int Block = 16;

    internal static readonly XtestCase[] All =
    [
        new("regression_4003", "Test TEE Internal API cipher operations", Ciphers),
        new("regression_4005", "Test TEE Internal API Authenticated Encryption operations", AuthenticatedEncryption),
        new("regression_4017", "Test TEE Internal API Cipher block buffering", Buffering),
        new("regression_4018", "TEE_SetOperationKey() panic on an initialized operation", KeyOfABegunOperation),
    ];

    private static void Ciphers(CaseRun c)
    {
        using var crypt = new CryptSession(c);
        foreach (JsonElement row in CryptVectors.Load("Ciphers"))
        {
            using CaseRun.SubCase subCase = c.Begin(row.Text("name"));
            byte[] plaintext = row.Bytes("plaintext"), ciphertext = row.Bytes("ciphertext");
            foreach (uint mode in (uint[])[Gp.Encrypt, Gp.Decrypt])
            {
                uint operation = crypt.NewOperation(row.Number("algorithm"), mode, row.Number("keyType"), row.Bytes("key"));
                (byte[] source, byte[] expected) = mode == Gp.Encrypt ? (plaintext, ciphertext) : (ciphertext, plaintext);
                c.ExpectBytes(expected, InPieces(crypt, operation, row.Bytes("iv"), source, source.Length));
                c.ExpectBytes(expected, InPieces(crypt, operation, row.Bytes("iv"), source, 3));
                crypt.FreeOperation(operation);
            }
        }
    }

    private static void AuthenticatedEncryption(CaseRun c)
    {
        using var crypt = new CryptSession(c);
        foreach (JsonElement row in CryptVectors.Load("AuthenticatedEncryption"))
        {
            using CaseRun.SubCase subCase = c.Begin(row.Text("name"));
            byte[] aad = row.Bytes("aad"), plaintext = row.Bytes("plaintext"), ciphertext = row.Bytes("ciphertext"), tag = row.Bytes("tag"), wrong = row.Bytes("tag");
            wrong[0] ^= 1;
            byte[] output = new byte[plaintext.Length], code = new byte[tag.Length];

            uint encryption = crypt.NewOperation(row.Number("algorithm"), Gp.Encrypt, row.Number("keyType"), row.Bytes("key"));
            BeginAe(crypt, encryption, row, tag.Length, plaintext.Length);
            int half = crypt.Output(Crypt.CommandAeUpdate, Parameter.ValueInput(encryption), Parameter.TempInput(plaintext.AsMemory(0, 1))).Length;
            crypt.Do(
                Crypt.CommandAeEncryptFinal,
                Parameter.ValueInput(encryption), Parameter.TempInput(plaintext.AsMemory(1)), Parameter.TempOutput(output.AsMemory(half)), Parameter.TempOutput(code));
            c.ExpectBytes(ciphertext.AsSpan(half), output.AsSpan(half));
            c.ExpectBytes(tag, code);

            uint decryption = crypt.NewOperation(row.Number("algorithm"), Gp.Decrypt, row.Number("keyType"), row.Bytes("key"));
            foreach ((byte[] given, TeecResult expected) in ((byte[], TeecResult)[])[(tag, TeecResult.Success), (wrong, Gp.MacInvalid)])
            {
                Array.Clear(output);
                BeginAe(crypt, decryption, row, tag.Length, plaintext.Length);
                var final = new Operation(Parameter.ValueInput(decryption), Parameter.TempInput(ciphertext), Parameter.TempOutput(output), Parameter.TempInput(given));
                c.ExpectResult(expected, crypt.Try(Crypt.CommandAeDecryptFinal, final));
                c.ExpectBytes(expected == TeecResult.Success ? plaintext : new byte[plaintext.Length], output);
            }

            crypt.FreeOperation(encryption);
            crypt.FreeOperation(decryption);
        }
    }

    /// <summary>However a message is cut, what comes out is the same, and a buffer that is short is told the size and changes nothing.</summary>
    private static void Buffering(CaseRun c)
    {
        byte[] iv = [.. Enumerable.Range(1, Block).Select(i => (byte)i)], key = iv;
        using var crypt = new CryptSession(c);
        foreach ((string name, uint algorithm, int rest) in ((string, uint, int)[])[
            ("ECB", Gp.AesEcb, 0), ("CBC", Gp.AesCbc, 0), ("CTR", Gp.AesCtr, 0), ("CTR", Gp.AesCtr, 5), ("CTS", Gp.AesCts, 0), ("CTS", Gp.AesCts, 5), ("XTS", Gp.AesXts, 0), ("XTS", Gp.AesXts, 5)])
        {
            using CaseRun.SubCase subCase = c.Begin($"AES {name}, {rest} bytes more than whole blocks");
            byte[] plaintext = [.. Enumerable.Range(1, (6 * Block) + rest).Select(i => (byte)i)];
            uint operation = crypt.NewOperation(algorithm, Gp.Encrypt, Gp.Aes, algorithm == Gp.AesXts ? [.. key, .. key] : key);
            byte[] begin = algorithm == Gp.AesEcb ? [] : iv;
            byte[] whole = InPieces(crypt, operation, begin, plaintext, plaintext.Length);
            for (int size = 1; size <= 2 * Block; size += c.Level > 0 ? 1 : 5)
                c.ExpectBytes(whole, InPieces(crypt, operation, begin, plaintext, size));

            crypt.Do(Crypt.CommandCipherInit, Parameter.ValueInput(operation), Parameter.TempInput(begin));
            var tooShort = new Operation(Parameter.ValueInput(operation), Parameter.TempInput(plaintext), Parameter.TempOutput(new byte[plaintext.Length - 1]));
            c.ExpectResult(TeecResult.ShortBuffer, crypt.Try(Crypt.CommandCipherDoFinal, tooShort));
            c.Expect(tooShort[2].Size == plaintext.Length, $"{plaintext.Length} bytes to be asked for, got {tooShort[2].Size}");
            c.ExpectBytes(whole, crypt.Output(Crypt.CommandCipherDoFinal, Parameter.ValueInput(operation), Parameter.TempInput(plaintext)));
            crypt.FreeOperation(operation);
        }
    }

    private static void KeyOfABegunOperation(CaseRun c)
    {
        using var crypt = new CryptSession(c);
        uint operation = crypt.NewOperation(Gp.AesCcm, Gp.Encrypt, Gp.Aes, new byte[Block]);
        crypt.Do(Crypt.CommandAeInit, Parameter.ValueInput(operation, 16), Parameter.TempInput(new byte[12]), Parameter.ValueInput(0, 24));

        c.ExpectResult(TeecResult.TargetDead, crypt.Try(Crypt.CommandSetOperationKey, new Operation(Parameter.ValueInput(operation))));
    }

    private static void BeginAe(CryptSession crypt, uint operation, JsonElement row, int tagSize, int payloadSize)
    {
        byte[] aad = row.Bytes("aad");
        crypt.Do(
            Crypt.CommandAeInit,
            Parameter.ValueInput(operation, (uint)tagSize), Parameter.TempInput(row.Bytes("nonce")), Parameter.ValueInput((uint)aad.Length, (uint)payloadSize));
        crypt.Do(Crypt.CommandAeUpdateAad, Parameter.ValueInput(operation), Parameter.TempInput(aad));
    }

    private static byte[] InPieces(CryptSession crypt, uint operation, byte[] iv, byte[] source, int size)
    {
        List<byte> output = [];
        crypt.Do(Crypt.CommandCipherInit, Parameter.ValueInput(operation), Parameter.TempInput(iv));
        int at = 0;
        for (; at + size < source.Length; at += size)
            output.AddRange(crypt.Output(Crypt.CommandCipherUpdate, Parameter.ValueInput(operation), Parameter.TempInput(source.AsMemory(at, size))));
        output.AddRange(crypt.Output(Crypt.CommandCipherDoFinal, Parameter.ValueInput(operation), Parameter.TempInput(source.AsMemory(at))));
        return [.. output];
    }
}
