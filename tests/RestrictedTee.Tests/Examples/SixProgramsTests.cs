using System.Security.Cryptography;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.Tests.Harness;

namespace RestrictedTee.Tests.Examples;

/// <summary>The six programs of docs/trusted-apps.md do what it says.</summary>
public sealed class SixProgramsTests : IDisposable
{
    private const TeecResult MacInvalid = (TeecResult)0xFFFF3071, SignatureInvalid = (TeecResult)0xFFFF3072;

    private static readonly byte[] Message = "a message"u8.ToArray();

    private readonly InProcessTee _tee = new();
    private readonly TeeContext _context;

    public SixProgramsTests() => _context = _tee.OpenContext();

    public void Dispose()
    {
        _context.Dispose();
        _tee.Dispose();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5000)]
    public void What_is_sealed_comes_back_in_another_session_and_unchanged_or_not_at_all(int size)
    {
        byte[] data = RandomNumberGenerator.GetBytes(size), box, other;
        using (TeeSession sealing = Open(1))
            (box, other) = (Output(sealing, 0, 1, size + 100, Parameter.TempInput(data)), Output(sealing, 0, 1, size + 28, Parameter.TempInput(data)));
        using TeeSession session = Open(1);

        Assert.Equal(data, Output(session, 1, 1, size, Parameter.TempInput(box)));
        Assert.NotEqual(box, other);
        foreach (int position in new[] { 0, 12, box.Length - 1 })
        {
            byte[] changed = [.. box], room = new byte[size];
            changed[position] ^= 1;
            Assert.Equal(MacInvalid, session.TryInvoke(1, new Operation(Parameter.TempInput(changed), Parameter.TempOutput(room)), out _));
            Assert.All(room, b => Assert.Equal(0, b));
        }

        Assert.Equal(TeecResult.BadParameters, session.TryInvoke(1, new Operation(Parameter.TempInput(new byte[27]), Parameter.TempOutput(new byte[1])), out _));
    }

    [Fact]
    public void What_is_sealed_wants_room_and_says_how_much()
    {
        using TeeSession session = Open(1);
        byte[] box = Output(session, 0, 1, 100, Parameter.TempInput(Message));

        AssertTellsSize(session, 0, 1, Message.Length + 28, Parameter.TempInput(Message));
        AssertTellsSize(session, 1, 1, Message.Length, Parameter.TempInput(box));
    }

    [Fact]
    public void What_is_signed_verifies_by_the_public_key_which_stays_from_session_to_session()
    {
        byte[] key;
        using (TeeSession first = Open(2))
            key = Output(first, 0, 0, 32);
        using TeeSession session = Open(2);
        byte[] signature = Output(session, 1, 1, 64, Parameter.TempInput(Message));
        var verifier = new Ed25519Signer();
        verifier.Init(forSigning: false, new Ed25519PublicKeyParameters(key));
        verifier.BlockUpdate(Message);

        Assert.True(verifier.VerifySignature(signature));
        AssertTellsSize(session, 0, 0, 32);
        AssertTellsSize(session, 1, 1, 64, Parameter.TempInput(Message));
    }

    [Fact]
    public void A_signature_of_somebody_else_is_verified()
    {
        using var signer = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        ECPoint point = signer.ExportParameters(includePrivateParameters: false).Q;
        byte[] key = [.. point.X!, .. point.Y!], signature = signer.SignData(Message, HashAlgorithmName.SHA256), offTheCurve = [.. key];
        offTheCurve[63] ^= 1;

        Assert.Equal(TeecResult.Success, Verify(Message, key, signature));
        Assert.Equal(SignatureInvalid, Verify([.. Message, 0], key, signature));
        Assert.Equal(SignatureInvalid, Verify(Message, key, signature[1..]));
        Assert.Equal(SignatureInvalid, Verify(Message, key, []));
        Assert.Equal(TeecResult.BadParameters, Verify(Message, offTheCurve, signature));
        Assert.Equal(TeecResult.BadParameters, Verify(Message, key[1..], signature));
    }

    [Theory]
    [InlineData(16)]
    [InlineData(42)]
    [InlineData(100)]
    public void What_is_derived_is_what_the_library_derives(int size)
    {
        byte[] secret = RandomNumberGenerator.GetBytes(22), salt = RandomNumberGenerator.GetBytes(13), purpose = "storage"u8.ToArray();
        using TeeSession session = Open(4);

        byte[] key = Output(session, 0, 3, size, Parameter.TempInput(secret), Parameter.TempInput(salt), Parameter.TempInput(purpose));

        Assert.Equal(HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, size, salt, purpose), key);
        Assert.Equal(TeecResult.NotSupported, session.TryInvoke(
            0, new Operation(Parameter.TempInput(secret), Parameter.TempInput(salt), Parameter.TempInput(purpose), Parameter.TempOutput(new byte[513])), out _));
    }

    [Fact]
    public void The_passwords_are_those_of_the_rfc()
    {
        using TeeSession session = Open(5);
        var next = new Operation(Parameter.ValueOutput());
        Assert.Equal(TeecResult.BadState, session.TryInvoke(1, next, out _));
        session.Invoke(0, new Operation(Parameter.TempInput("12345678901234567890"u8.ToArray())));

        foreach (uint password in new uint[] { 755224, 287082, 359152, 969429 })
        {
            session.Invoke(1, next);
            Assert.Equal(password, next[0].A);
        }

        Assert.Equal(TeecResult.NotSupported, session.TryInvoke(0, new Operation(Parameter.TempInput(new byte[9])), out _));
    }

    [Fact]
    public void Random_bytes_are_not_the_same_twice()
    {
        using TeeSession session = Open(6);

        Assert.NotEqual(Output(session, 0, 0, 32), Output(session, 0, 0, 32));
    }

    private TeeSession Open(int program) => _context.OpenSession(new Guid($"0b5d5c8e-1f0a-4b57-9c44-52f6d8a1e30{program}"));

    private TeecResult Verify(byte[] message, byte[] key, byte[] signature)
    {
        using TeeSession session = Open(3);
        return session.TryInvoke(0, new Operation(Parameter.TempInput(message), Parameter.TempInput(key), Parameter.TempInput(signature)), out _);
    }

    private static byte[] Output(TeeSession session, uint command, int index, int room, params ReadOnlySpan<Parameter> parameters)
    {
        byte[] memory = new byte[room];
        var operation = new Operation(parameters) { [index] = Parameter.TempOutput(memory) };
        session.Invoke(command, operation);
        return memory[..operation[index].Size];
    }

    private static void AssertTellsSize(TeeSession session, uint command, int index, int needed, params ReadOnlySpan<Parameter> parameters)
    {
        byte[] room = new byte[needed - 1];
        var operation = new Operation(parameters) { [index] = Parameter.TempOutput(room) };

        Assert.Equal(TeecResult.ShortBuffer, session.TryInvoke(command, operation, out _));

        Assert.Equal(needed, operation[index].Size);
        Assert.All(room, b => Assert.Equal(0, b));
    }
}
