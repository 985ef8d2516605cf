using System.Text.Json;
using RestrictedTee.Contracts;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.Xtest.Framework;

namespace RestrictedTee.Xtest.Regression4000;

/// <summary>Digests, message authentication codes, random numbers.</summary>
internal static class DigestCases
{
    internal static readonly XtestCase[] All =
    [
        new("regression_4001", "Test TEE Internal API hash operations", Digests),
        new("regression_4002", "Test TEE Internal API MAC operations", Macs),
        new("regression_4004", "Test TEE Internal API get random", RandomNumbers),
    ];

    private static void Digests(CaseRun c)
    {
        using var crypt = new CryptSession(c);
        foreach (JsonElement row in CryptVectors.Load("Digests"))
        {
            using CaseRun.SubCase subCase = c.Begin(row.Text("name"));
            uint whole = crypt.NewOperation(row.Number("algorithm"), Gp.Digest), copy = crypt.NewOperation(row.Number("algorithm"), Gp.Digest);
            byte[] message = row.Bytes("message"), digest = row.Bytes("digest"), output = new byte[digest.Length];

            crypt.Do(Crypt.CommandDigestUpdate, Parameter.ValueInput(whole), Parameter.TempInput(message.AsMemory(0, 1)));
            crypt.Do(Crypt.CommandCopyOperation, Parameter.ValueInput(copy, whole));
            foreach (uint operation in (uint[])[whole, copy])
            {
                crypt.Do(Crypt.CommandDigestDoFinal, Parameter.ValueInput(operation), Parameter.TempInput(message.AsMemory(1)), Parameter.TempOutput(output));
                c.ExpectBytes(digest, output);
            }

            crypt.Do(Crypt.CommandDigestUpdate, Parameter.ValueInput(whole), Parameter.TempInput(message));
            crypt.Do(Crypt.CommandDigestExtract, Parameter.ValueInput(whole), Parameter.TempOutput(output.AsMemory(0, 1)));
            crypt.Do(Crypt.CommandDigestExtract, Parameter.ValueInput(whole), Parameter.TempOutput(output.AsMemory(1)));
            c.ExpectBytes(digest, output);
            crypt.FreeOperation(whole);
            crypt.FreeOperation(copy);
        }
    }

    private static void Macs(CaseRun c)
    {
        using var crypt = new CryptSession(c);
        foreach (JsonElement row in CryptVectors.Load("Macs"))
        {
            using CaseRun.SubCase subCase = c.Begin(row.Text("name"));
            uint operation = crypt.NewOperation(row.Number("algorithm"), Gp.Mac, row.Number("keyType"), row.Bytes("key"));
            byte[] message = row.Bytes("message"), mac = row.Bytes("mac"), wrong = row.Bytes("mac");
            int half = message.Length / 2;
            wrong[^1] ^= 1;

            crypt.Do(Crypt.CommandMacInit, Parameter.ValueInput(operation));
            crypt.Do(Crypt.CommandMacUpdate, Parameter.ValueInput(operation), Parameter.TempInput(message.AsMemory(0, half)));
            c.ExpectBytes(mac, crypt.Output(Crypt.CommandMacFinalCompute, Parameter.ValueInput(operation), Parameter.TempInput(message.AsMemory(half))));
            foreach ((byte[] code, TeecResult expected) in ((byte[], TeecResult)[])[(mac, TeecResult.Success), (wrong, Gp.MacInvalid)])
            {
                crypt.Do(Crypt.CommandMacInit, Parameter.ValueInput(operation), Parameter.TempInput(ReadOnlyMemory<byte>.Empty));
                var compared = new Operation(Parameter.ValueInput(operation), Parameter.TempInput(message), Parameter.TempInput(code));
                c.ExpectResult(expected, crypt.Try(Crypt.CommandMacFinalCompare, compared));
            }

            crypt.FreeOperation(operation);
        }
    }

    private static void RandomNumbers(CaseRun c)
    {
        using var crypt = new CryptSession(c);
        byte[] first = new byte[32], second = new byte[32];

        crypt.Do(Crypt.CommandRandomNumberGenerate, Parameter.TempOutput(first));
        crypt.Do(Crypt.CommandRandomNumberGenerate, Parameter.TempOutput(second));

        c.Expect(!first.SequenceEqual(second), "32 random bytes to be others each time");
    }
}
