using System.CommandLine;
using System.Diagnostics;
using RestrictedTee.CommandLine.Console;
using RestrictedTee.CommandLine.Play;
using RestrictedTee.Contracts;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.SmcTransport.Board;

namespace RestrictedTee.CommandLine.Commands;

/// <summary><c>rtee play</c>: a real encrypted file through the secure data path, then what an attacker would try.</summary>
internal static class PlayCommand
{
    private const string DefaultHeap = "protected,secure-video";

    internal static Command Create()
    {
        var file = new Argument<FileInfo>("FILE") { Description = "A file encrypted with 'openssl enc -aes-128-ctr' (or -aes-128-cbc, see --mode)" };
        var key = new Option<string>("--key") { Description = "Key, 32 hex digits", Required = true, HelpName = "HEX" };
        var iv = new Option<string>("--iv") { Description = "IV, 32 hex digits", Required = true, HelpName = "HEX" };
        var mode = new Option<string>("--mode") { Description = "ctr or cbc", DefaultValueFactory = _ => "ctr", HelpName = "MODE" };
        mode.AcceptOnlyFromAmong("ctr", "cbc");
        var heap = new Option<string>("--heap") { Description = "Heap for the plaintext", DefaultValueFactory = _ => DefaultHeap, HelpName = "NAME" };
        var command = new Command("play", "Decrypt a file into restricted memory, digest it there, and try to get at it from the normal world.") { file, key, iv, mode, heap };
        var tee = new TeeOptions(command, canConnect: true);
        command.SetAction(result =>
        {
            if (!TryParseHex(result.GetValue(key)!, out byte[] keyBytes) || !TryParseHex(result.GetValue(iv)!, out byte[] ivBytes))
            {
                System.Console.Error.WriteLine($"rtee: --key and --iv take {ContentDecryptor.KeySize * 2} hex digits each.");
                return ExitCodes.Usage;
            }

            FileInfo input = result.GetValue(file)!;
            if (!input.Exists)
            {
                System.Console.Error.WriteLine($"rtee: there is no file '{input.FullName}'.");
                return ExitCodes.Usage;
            }

            using TeeSource source = tee.Open(result);
            using TeeContext context = source.OpenContext();
            uint contentMode = result.GetValue(mode) == "cbc" ? ContentDecryptor.ModeCbc : ContentDecryptor.ModeCtr;
            return Play(source, context, input, keyBytes, ivBytes, contentMode, result.GetValue(heap)!);
        });
        return command;
    }

    private static int Play(TeeSource source, TeeContext context, FileInfo input, byte[] key, byte[] iv, uint mode, string heap)
    {
        using var player = new SecurePlayer(context, heap);
        using var status = new StatusLine();
        using FileStream stream = input.OpenRead();
        var watch = Stopwatch.StartNew();
        SecurePlayer.Result played;
        try
        {
            played = player.Play(stream, key, iv, mode, done => status.Show($"{done >> 20} of {input.Length >> 20} MiB"));
        }
        catch (InvalidDataException e)
        {
            System.Console.Error.WriteLine($"rtee: {e.Message}");
            return ExitCodes.Failed;
        }

        status.Clear();
        System.Console.WriteLine($"played {played.Bytes} bytes through {heap} in {watch.ElapsedMilliseconds} ms");
        System.Console.WriteLine($"sha256 {Convert.ToHexStringLower(played.Digest)}");
        if (played.Bytes == 0)
        {
            System.Console.WriteLine("nothing was played, so there is nothing to get at");
            return ExitCodes.Success;
        }

        System.Console.WriteLine("what an attacker in the normal world would try:");
        bool gotIn = false;
        foreach (Attempt attempt in Attacker.Try(context, player, source.Environment?.SecureWorldPid ?? 0))
        {
            System.Console.WriteLine($"  {attempt.What,-52} {(attempt.GotIn ? "GOT IN" : "refused")}  ({attempt.Answer})");
            gotIn |= attempt.GotIn;
        }

        if (gotIn)
        {
            System.Console.WriteLine("The pools are ordinary memory here, which root may read. Use a kernel with memfd_secret, or do not run as root.");
        }

        return gotIn ? ExitCodes.Failed : ExitCodes.Success;
    }

    private static bool TryParseHex(string text, out byte[] bytes)
    {
        bytes = [];
        if (text.Length != ContentDecryptor.KeySize * 2 || !text.All(char.IsAsciiHexDigit))
            return false;
        bytes = Convert.FromHexString(text);
        return true;
    }
}
