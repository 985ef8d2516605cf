using RestrictedTee.Contracts;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.Xtest.Framework;

namespace RestrictedTee.Xtest.Regression1000;

/// <summary>1004 and 1011: cryptography by a TA, and by a TA that asks that one.</summary>
internal static class CryptoCases
{
    internal static readonly XtestCase[] All =
    [
        new("regression_1004", "Test User Crypt TA", CryptTa),
        new("regression_1011", "Test TA-to-TA features with User Crypt TA", TaToTa),
    ];

    /// <summary>The same three things, by the numbers that a TA has for them.</summary>
    private readonly record struct Commands(uint Sha256, uint Encrypt, uint Decrypt);

    private static void CryptTa(CaseRun c)
    {
        using TeeSession? crypt = c.Open(Crypt.Uuid);
        Compute(c, crypt!, new(Crypt.CommandSha256, Crypt.CommandAes256EcbEncrypt, Crypt.CommandAes256EcbDecrypt));
    }

    private static void TaToTa(CaseRun c)
    {
        using TeeSession? rpc = c.Open(RpcTest.Uuid);
        using (c.Begin("TA-to-TA via non-secure shared memory"))
            Compute(c, rpc!, new(RpcTest.CommandSha256, RpcTest.CommandAes256EcbEncrypt, RpcTest.CommandAes256EcbDecrypt));
        using (c.Begin("TA-to-TA via TA private memory"))
            Compute(c, rpc!, new(RpcTest.CommandPrivateSha256, RpcTest.CommandPrivateAes256EcbEncrypt, RpcTest.CommandPrivateAes256EcbDecrypt));
    }

    private static void Compute(CaseRun c, TeeSession ta, Commands commands)
    {
        byte[] plain = new byte[16];
        (plain[0], plain[1], plain[15]) = (22, 17, 60);
        byte[] cipher = new byte[16];
        using (c.Begin("AES encrypt"))
            c.ExpectSuccess(ta.TryInvoke(commands.Encrypt, new Operation(Parameter.TempInput(plain), Parameter.TempOutput(cipher)), out _));
        using (c.Begin("AES decrypt"))
        {
            byte[] back = new byte[16];
            c.ExpectSuccess(ta.TryInvoke(commands.Decrypt, new Operation(Parameter.TempInput(cipher), Parameter.TempOutput(back)), out _));
            c.ExpectBytes(plain, back);
        }

        using (c.Begin("SHA-256 test, 3 bytes input"))
        {
            byte[] digest = new byte[32];
            c.ExpectSuccess(ta.TryInvoke(commands.Sha256, new Operation(Parameter.TempInput("abc"u8.ToArray()), Parameter.TempOutput(digest)), out _));
            c.ExpectBytes(Vectors.Sha256OfAbc, digest);
        }

        byte[] fixedPlain = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];
        using (c.Begin("AES-256 ECB encrypt (32B, fixed key)"))
        {
            byte[] output = new byte[32];
            c.ExpectSuccess(ta.TryInvoke(commands.Encrypt, new Operation(Parameter.TempInput(fixedPlain), Parameter.TempOutput(output)), out _));
            c.ExpectBytes(Vectors.Aes256EcbOfCounting, output);
        }

        using (c.Begin("AES-256 ECB decrypt (32B, fixed key)"))
        {
            byte[] output = new byte[32];
            c.ExpectSuccess(ta.TryInvoke(commands.Decrypt, new Operation(Parameter.TempInput(Vectors.Aes256EcbOfCounting.ToArray()), Parameter.TempOutput(output)), out _));
            c.ExpectBytes(fixedPlain, output);
        }
    }
}
