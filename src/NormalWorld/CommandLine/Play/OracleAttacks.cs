using RestrictedTee.Contracts;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.Uapi;

namespace RestrictedTee.CommandLine.Play;

/// <summary>
/// What an attacker would ask the content's own TAs, so that their answers, put together, are the content. The later ones work
/// on the stream that has just played, which alone may still write to its buffer: they come last.
/// </summary>
internal static class OracleAttacks
{
    private const int Probe = 64;

    internal static IEnumerable<Attempt> Try(TeeContext tee, SecurePlayer player)
    {
        yield return OpenReader(tee, "open a session with the content reader", null);
        yield return OpenReader(tee, "have the content reader look at 1 byte", new Operation(Parameter.Partial(player.Restricted, Direction.Input, 0, 1)));
        yield return SecondStream(tee, player);
        yield return PlaintextForKey(player);
        yield return DecryptIntoNormalMemory(player);
        yield return OneByte(player);
        yield return FinishEarly(player);
        yield return OverlappingWindows(player);
        yield return PaddingOracle(player);
    }

    private static Attempt OpenReader(TeeContext tee, string what, Operation? operation)
    {
        try
        {
            using TeeSession reader = tee.OpenSession(ContentReader.Uuid, operation: operation);
            return new Attempt(what, GotIn: true, "it opened");
        }
        catch (TeecException e)
        {
            return new Attempt(what, GotIn: false, $"{e.Result} from {e.Origin}");
        }
    }

    /// <summary>A stream of the attacker's own, shown, over the buffer that another stream has written.</summary>
    private static Attempt SecondStream(TeeContext tee, SecurePlayer player)
    {
        using TeeSession second = tee.OpenSession(ContentDecryptor.Uuid);
        Install(second, ContentDecryptor.ModeCtr, new byte[ContentDecryptor.KeySize], length: 1);
        return Judge("a second decryptor stream on the same buffer", Decrypt(second, player, new byte[1], out TeecOrigin origin, out _), origin);
    }

    /// <summary>Plaintext for a key makes a digest that tells the plaintext by trial.</summary>
    private static Attempt PlaintextForKey(SecurePlayer player)
    {
        Operation operation = SecurePlayer.KeyOf(ContentDecryptor.ModeCtr, default, new byte[ContentDecryptor.KeySize], length: 1);
        operation[1] = Parameter.Partial(player.Restricted, Direction.Input, 0, ContentDecryptor.KeySize);
        TeecResult result = player.Decryptor.TryInvoke(ContentDecryptor.CommandInstallKey, operation, out TeecOrigin origin);
        return Judge("have the decryptor take plaintext for its key", result, origin);
    }

    private static Attempt DecryptIntoNormalMemory(SecurePlayer player)
    {
        Install(player.Decryptor, ContentDecryptor.ModeCtr, new byte[ContentDecryptor.KeySize], Probe);
        TeecResult result = player.Decryptor.TryInvoke(
            ContentDecryptor.CommandDecrypt,
            new Operation(Parameter.TempInput(new byte[Probe]), Parameter.TempOutput(new byte[Probe])),
            out TeecOrigin origin);
        return Judge("have the decryptor write into normal memory", result, origin);
    }

    private static Attempt OneByte(SecurePlayer player)
    {
        Install(player.Decryptor, ContentDecryptor.ModeCtr, new byte[ContentDecryptor.KeySize], Probe);
        Expect(Decrypt(player.Decryptor, player, new byte[1], out _, out _));
        return Judge("decrypt 1 byte and ask for the digest", Digest(player, out TeecOrigin origin), origin);
    }

    private static Attempt FinishEarly(SecurePlayer player)
    {
        Install(player.Decryptor, ContentDecryptor.ModeCtr, new byte[ContentDecryptor.KeySize], Probe);
        Expect(Decrypt(player.Decryptor, player, new byte[Probe - 1], out _, out _));
        return Judge("ask for the digest a byte before the end", Digest(player, out TeecOrigin origin), origin);
    }

    private static Attempt OverlappingWindows(SecurePlayer player)
    {
        Install(player.Decryptor, ContentDecryptor.ModeCtr, new byte[ContentDecryptor.KeySize], Probe);
        Expect(Decrypt(player.Decryptor, player, new byte[Probe - 16], out _, out _));
        return Judge("show windows that overlap", Decrypt(player.Decryptor, player, new byte[Probe - 16], out TeecOrigin origin, out _), origin);
    }

    /// <summary>Vaudenay's attack: every last byte that a block can be made to have, and whether the answers differ.</summary>
    private static Attempt PaddingOracle(SecurePlayer player)
    {
        const int Block = ContentDecryptor.KeySize;
        var answers = new HashSet<(TeecResult, int)>();
        byte[] iv = new byte[Block];
        for (int last = 0; last <= byte.MaxValue; last++)
        {
            iv[^1] = (byte)last;
            Install(player.Decryptor, ContentDecryptor.ModeCbc, iv, Block - 1);
            answers.Add((Decrypt(player.Decryptor, player, new byte[Block], out _, out int size), size));
        }

        return new Attempt("tell right CBC padding from wrong, 256 times", answers.Count != 1, $"{answers.Count} different answer(s)");
    }

    private static void Install(TeeSession decryptor, uint mode, byte[] iv, ulong length) =>
        decryptor.Invoke(ContentDecryptor.CommandInstallKey, SecurePlayer.KeyOf(mode, new byte[ContentDecryptor.KeySize], iv, length));

    private static TeecResult Decrypt(TeeSession decryptor, SecurePlayer player, byte[] ciphertext, out TeecOrigin origin, out int size)
    {
        var operation = new Operation(Parameter.TempInput(ciphertext), Parameter.Partial(player.Restricted, Direction.Output, 0, ciphertext.Length));
        TeecResult result = decryptor.TryInvoke(ContentDecryptor.CommandDecrypt, operation, out origin);
        size = operation[1].Size;
        return result;
    }

    private static TeecResult Digest(SecurePlayer player, out TeecOrigin origin) =>
        player.Decryptor.TryInvoke(ContentDecryptor.CommandDigest, new Operation(Parameter.TempOutput(new byte[ContentReader.DigestSize])), out origin);

    /// <summary>The step before the attack is an honest one.</summary>
    private static void Expect(TeecResult result)
    {
        if (result != TeecResult.Success)
            throw new TeecException(result, TeecOrigin.TrustedApp, "An honest piece was refused");
    }

    private static Attempt Judge(string what, TeecResult result, TeecOrigin origin) =>
        new(what, GotIn: result == TeecResult.Success, $"{result} from {origin}");
}
