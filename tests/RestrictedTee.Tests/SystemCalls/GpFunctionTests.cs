using System.Reflection;
using RestrictedTee.Sdk;
using RestrictedTee.Tests.Crypto;

namespace RestrictedTee.Tests.SystemCalls;

/// <summary>The table of the functions of the Internal Core API.</summary>
public sealed class GpFunctionTests
{
    private const BindingFlags Public = BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static;

    private static readonly IReadOnlyList<GpFunction> Functions = [.. GpFunctionTable.Chapters.SelectMany(chapter => chapter.Functions)];

    public static TheoryData<string> Names => [.. Functions.Select(function => function.Name)];

    [Fact]
    public void Each_function_stands_once_and_in_the_order_of_numbers()
    {
        Assert.Equal(Functions.Count, Functions.Select(function => function.Name).Distinct().Count());
        Assert.Equal(Functions.OrderBy(function => function.Number).DistinctBy(function => function.Number), Functions);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_function_is_found_by_its_name_in_the_words_of_a_member(string name)
    {
        GpFunction function = Functions.Single(row => row.Name == name);
        if (function.Members.Count == 0)
            return; // trusted storage

        Assert.All(function.Members, member => Assert.True(Exists(member), $"There is no public {member}."));
        Assert.Contains(function.Members, member => WordsOf(member).Any(words => words.Contains(name, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("CipherOperation", "Init", 0xE02)]
    [InlineData("CipherOperation", "SetKey", 0xC06)] // what all operations have
    [InlineData("TransientObject", "Populate", 0x807)]
    [InlineData("FmmContext", ".ctor", 0x1604)]
    public void A_panic_finds_its_function_by_the_member_that_was_called(string owner, string member, int number) =>
        Assert.Equal(number, GpFunctionTable.Find(owner, member)!.Number);

    public static TheoryData<string, Action> Panics => new()
    {
        { "TEE_CipherInit", () => CipherOperation.Allocate(TeeAlgorithm.AesCtr, OperationMode.Encrypt, 128).Init(new byte[16]) },
        { "TEE_CipherUpdate", () => CipherOperation.Allocate(TeeAlgorithm.AesCtr, OperationMode.Encrypt, 128).Update([], []) },
        { "TEE_CipherDoFinal", () => CipherOperation.Allocate(TeeAlgorithm.AesCtr, OperationMode.Encrypt, 128).DoFinal([], []) },
        { "TEE_MACInit", () => MacOperation.Allocate(TeeAlgorithm.HmacSha256, 256).Init() },
        { "TEE_MACUpdate", () => MacOperation.Allocate(TeeAlgorithm.HmacSha256, 256).Update([]) },
        { "TEE_AEInit", () => AeOperation.Allocate(TeeAlgorithm.AesGcm, OperationMode.Encrypt, 128).Init(new byte[12], 128) },
        { "TEE_AEUpdateAAD", () => AeOperation.Allocate(TeeAlgorithm.AesGcm, OperationMode.Encrypt, 128).UpdateAad([]) },
        { "TEE_AEUpdate", () => AeOperation.Allocate(TeeAlgorithm.AesGcm, OperationMode.Encrypt, 128).Update([], []) },
        { "TEE_SetOperationKey", () => DigestOperation.Allocate(TeeAlgorithm.Sha256).SetKey(null) },
        { "TEE_ResetOperation", () => MacOperation.Allocate(TeeAlgorithm.HmacSha256, 256).Reset() },
        { "TEE_AsymmetricSignDigest", () => AsymmetricOperation.Allocate(TeeAlgorithm.EcdsaSha256, OperationMode.Sign, 256).SignDigest(new byte[32], new byte[64]) },
        { "TEE_AsymmetricEncrypt", () => AsymmetricOperation.Allocate(TeeAlgorithm.RsaesPkcs1, OperationMode.Encrypt, 1024).Encrypt([], []) },
        { "TEE_GenerateKey", () => TransientObject.Allocate(ObjectType.Aes, 128).GenerateKey(192) },
        { "TEE_InitValueAttribute", () => new AttributeList { { AttributeId.SecretValue, 1u, 2u } } },
        { "TEE_BigIntMod", () => new BigInt(64).Mod(new BigInt(64), new BigInt(64)) },
        { "TEE_BigIntDiv", () => BigInt.Div(null, null, new BigInt(64), new BigInt(64)) },
        { "TEE_BigIntInit", () => _ = new BigInt(-1) },
        { "TEE_SetTAPersistentTime", () => TeeClock.SetPersistent(new TeeTime(0, 1000)) },
    };

    [Theory]
    [MemberData(nameof(Panics))]
    public void A_panic_says_in_which_function_it_was(string name, Action body)
    {
        string words = "";

        SdkThread.Run(() =>
        {
            try
            {
                body();
            }
            catch (TaPanicException panic)
            {
                words = panic.Words;
            }
        });

        GpFunction function = Functions.Single(row => row.Name == name);
        Assert.EndsWith($" in {name} (10.0x{function.Number:x})", words, StringComparison.Ordinal);
    }

    private static bool Exists(string member)
    {
        (Type? type, string name) = Split(member);
        return type is { IsPublic: true } && (name.Length == 0 || type.GetMember(name, Public).Length != 0);
    }

    /// <summary>What the documentation says of a member, of each of its forms.</summary>
    private static IEnumerable<string> WordsOf(string member)
    {
        (Type? type, string name) = Split(member);
        string id = name.Length == 0 ? $"T:{type!.FullName}" : $":{type!.FullName}.{name.Replace(".ctor", "#ctor", StringComparison.Ordinal)}";
        return Documentation.Of(typeof(Tee).Assembly).Where(entry => entry.Key == id || entry.Key[1..] == id || entry.Key[1..].StartsWith(id + "(", StringComparison.Ordinal)).Select(entry => entry.Value);
    }

    private static (Type? Type, string Name) Split(string member)
    {
        int dot = member.IndexOf('.', StringComparison.Ordinal);
        return dot < 0 ? (typeof(Tee).Assembly.GetType($"RestrictedTee.Sdk.{member}"), "") : (typeof(Tee).Assembly.GetType($"RestrictedTee.Sdk.{member[..dot]}"), member[(dot + 1)..]);
    }
}
