using System.Security.Cryptography;
using RestrictedTee.Contracts;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.DmaBuf;
using RestrictedTee.NormalWorld.Peripherals;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Abi;
using RestrictedTee.SmcTransport.Board;

namespace RestrictedTee.CommandLine.Demo;

/// <summary>
/// A picture on its way: encrypted by its provider, decrypted by a trusted application into restricted memory, scanned out by the
/// display below controls that ordinary software has drawn. At every step the normal world tries to get at it.
/// </summary>
internal sealed class DemoRun(TeeContext tee, BoardPeripherals devices, BoardFile board, Action<DemoStep> report)
{
    internal const int Width = 1280, Height = 720;

    private const string Heap = "protected,secure-video";
    private const int Piece = 1 << 16;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly DemoThief _thief = new(tee, devices, board);

    /// <summary>Plays all steps.</summary>
    /// <exception cref="TeeDriverException">No heap or device for it, or no room.</exception>
    /// <exception cref="TeecException">The TEE refused a step.</exception>
    internal void Play()
    {
        int size = (int)DmaImage.SizeOf(PixelFormat.Nv12, Width, Height);
        byte[] key = RandomNumberGenerator.GetBytes(ContentDecryptor.KeySize), counter = RandomNumberGenerator.GetBytes(ContentDecryptor.KeySize);
        byte[] content = Encrypt(DemoPicture.DrawNv12(Width, Height), key, counter);
        Report(new DemoStep($"a picture of {Width}x{Height} is encrypted", "its provider"));

        ulong next;
        using (DmaBufHandle video = tee.AllocateRestricted(Heap, size))
        {
            Report(new DemoStep($"a buffer comes from {Heap}", "the driver, by its name alone"), _thief.MapIt(video), _thief.SyncIt(video));
            Decrypt(content, key, counter, video);
            Report(new DemoStep("the picture is decrypted into it", "the content decryptor, a TA"), [_thief.AskTheDumper(video), .. _thief.CopyItOut(video), .. _thief.LoadPool()]);
            using DmaBufHandle controls = tee.AllocateRestricted("system", Width * Height * sizeof(uint));
            DemoOverlay.Draw(controls.Map(), Width, Height);
            Report(new DemoStep("controls are drawn into ordinary memory", "this program, by its CPU"));
            Show(video, controls);
            Report(new DemoStep("both are composed and scanned out", "the display controller"), [_thief.ReadCheckSum(), .. _thief.RecordIt(video)]);
            next = video.Size;
        }

        using DmaBufHandle after = tee.AllocateRestricted(Heap, (int)next);
        Report(new DemoStep("the buffer is freed, and given out anew", "the TEE, which scrubs it"), _thief.LookAtTheNext(after));
    }

    private void Report(DemoStep step, params IEnumerable<DemoTry> tries)
    {
        step.Tries.AddRange(tries);
        report(step);
    }

    private void Decrypt(ReadOnlySpan<byte> content, byte[] key, byte[] counter, DmaBufHandle video)
    {
        using TeeSession decryptor = tee.OpenSession(ContentDecryptor.Uuid);
        decryptor.Invoke(ContentDecryptor.CommandInstallKey, new Operation(
            Parameter.ValueInput(ContentDecryptor.ModeCtr, ContentDecryptor.FlagScanOut),
            Parameter.TempInput(key),
            Parameter.TempInput(counter),
            Parameter.ValueInput(0, (uint)content.Length)));
        using SharedMemory plaintext = tee.RegisterSharedMemory(video), ciphertext = tee.AllocateSharedMemory(Piece, Direction.Input);
        for (int done = 0; done < content.Length; done += Piece)
        {
            int length = Math.Min(Piece, content.Length - done);
            content.Slice(done, length).CopyTo(ciphertext.Span);
            decryptor.Invoke(ContentDecryptor.CommandDecrypt, new Operation(
                Parameter.Partial(ciphertext, Direction.Input, 0, length), Parameter.Partial(plaintext, Direction.Output, done, length)));
        }
    }

    private void Show(DmaBufHandle video, DmaBufHandle controls)
    {
        var frame = new DisplayFrame(Width, Height,
        [
            new DisplayPlane(new DmaImage(video, PixelFormat.Nv12, Width, Height)),
            new DisplayPlane(new DmaImage(controls, PixelFormat.Argb8888, Width, Height)),
        ]);
        devices.Display.Show(frame).Wait(Patience);
    }

    /// <summary>AES-CTR out of ECB: the provider of content is nobody's trusted application, and has what its platform has.</summary>
    private static byte[] Encrypt(byte[] picture, byte[] key, byte[] counter)
    {
        using var aes = Aes.Create();
        aes.SetKey(key);
        byte[] block = [.. counter], stream = new byte[picture.Length + ContentDecryptor.KeySize];
        int blocks = (picture.Length + ContentDecryptor.KeySize - 1) / ContentDecryptor.KeySize;
        for (int i = 0; i < blocks; i++)
        {
            block.CopyTo(stream, i * ContentDecryptor.KeySize);
            for (int at = block.Length - 1; at >= 0 && unchecked(++block[at]) == 0; at--)
            {
                // The carry goes on.
            }
        }

        aes.EncryptEcb(stream.AsSpan(0, blocks * ContentDecryptor.KeySize), stream, PaddingMode.None);
        for (int i = 0; i < picture.Length; i++)
            picture[i] ^= stream[i];
        return picture;
    }
}
