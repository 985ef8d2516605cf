using System.Numerics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using RestrictedTee.Contracts;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.DmaBuf;
using RestrictedTee.NormalWorld.DmaBuf.Devices;
using RestrictedTee.NormalWorld.Peripherals;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Abi;
using RestrictedTee.SmcTransport.Board;
using RestrictedTee.Xtest.Framework;
using static RestrictedTee.Xtest.DmaBufs.DmaBufExpectations;

namespace RestrictedTee.Xtest.DmaBufs;

/// <summary>4028–4034: devices at work on buffers, each driven through its registers.</summary>
internal static class DeviceCases
{
    private const int Width = 32, Height = 16;
    private const int BlockSize = 16;

    private static readonly TimeSpan Long = TimeSpan.FromMinutes(1);

    internal static readonly XtestCase[] All =
    [
        new("dmabuf_4028", "A restricted key that a crypto engine takes from a buffer", RestrictedKey) { NeedsDevice = BusMasterNames.CryptoEngine, NeedsHeap = Heap },
        new("dmabuf_4031", "A crypto engine between ordinary buffers", CryptoBetweenBuffers) { NeedsDevice = BusMasterNames.CryptoEngine },
        new("dmabuf_4032", "A display composes restricted video below an ordinary overlay", Display) { NeedsDevice = BusMasterNames.DisplayController, NeedsHeap = Heap },
        new("dmabuf_4033", "A camera writes what only its consumer may read, and its fence is waited for", CameraToEngine) { NeedsDevice = BusMasterNames.Camera, NeedsHeap = RecordHeap },
        new("dmabuf_4034", "A touch controller tells the normal world while no trusted application has it", Touch) { NeedsDevice = BusMasterNames.TouchController },
    ];

    private const string RecordHeap = "protected,secure-video-record";

    private static void RestrictedKey(CaseRun c)
    {
        using DmaBufHandle key = c.Tee.AllocateRestricted(Heap, 32), secret = c.Tee.AllocateRestricted(Heap, Size), plain = c.Tee.AllocateRestricted("system", Size);
        using TeeSession? sdp = c.Open(SdpBasic.Uuid);
        using (SharedMemory memory = c.Tee.RegisterSharedMemory(key))
            c.ExpectSuccess(sdp!.TryInvoke(SdpBasic.CommandInject, new Operation(Parameter.TempInput(RandomNumberGenerator.GetBytes(32)), Parameter.Partial(memory, Direction.Output, 0, 32)), out _));
        CryptoEngine engine = c.Peripherals.CryptoEngine;
        var job = new CryptoJob(CryptoOperation.AesCtr, new DmaRegion(plain), new DmaRegion(secret), 4096)
        {
            Key = new DmaRegion(key),
            KeyLength = 32,
            Iv = new byte[BlockSize],
            Consumers = [c.Decoder],
        };
        c.ExpectErrno(Errno.EINVAL, () => engine.Submit(job with { KeyLength = 17 }).Wait(Long));
        engine.Submit(job).Wait(Long);
        c.ExpectErrno(Errno.EACCES, () => engine.Submit(job with { Destination = new DmaRegion(plain) }).Wait(Long)); // what a restricted key makes is restricted
        c.ExpectErrno(Errno.EACCES, () => engine.Submit(job with { Operation = CryptoOperation.Copy, Key = null, KeyLength = 0, Iv = default, Source = new DmaRegion(key), Destination = new DmaRegion(plain) }).Wait(Long));
        c.ExpectErrno(Errno.EINVAL, () => _ = key.Map().Length);
        var shown = new DisplayPlane(new DmaImage(secret, PixelFormat.Xrgb8888, Width, Height));
        c.ExpectErrno(Errno.EFAULT, () => c.Peripherals.Display.Show(new DisplayFrame(Width, Height, [shown])).Wait(Long)); // its label names the decoder alone
    }

    private static void CryptoBetweenBuffers(CaseRun c)
    {
        byte[] key = RandomNumberGenerator.GetBytes(32), iv = RandomNumberGenerator.GetBytes(BlockSize), text = RandomNumberGenerator.GetBytes(4096);
        using DmaBufHandle keys = c.Tee.AllocateRestricted("system", Size), source = c.Tee.AllocateRestricted("system", Size), destination = c.Tee.AllocateRestricted("system", Size);
        key.CopyTo(keys.Map());
        text.CopyTo(source.Map());
        CryptoEngine engine = c.Peripherals.CryptoEngine;
        var encrypt = new CryptoJob(CryptoOperation.AesCbcEncrypt, new DmaRegion(source), new DmaRegion(destination), (ulong)text.Length) { Key = new DmaRegion(keys), KeyLength = key.Length, Iv = iv };
        DmaJob first = engine.Submit(encrypt);
        DmaJob second = engine.Submit(encrypt with { Operation = CryptoOperation.AesCbcDecrypt, Source = encrypt.Destination, Destination = new DmaRegion(source) }); // which waits for the first by its fence
        second.Wait(Long);
        using var aes = Aes.Create();
        aes.SetKey(key);
        c.Expect(first.Fence.IsSignaled, "a first job that ended before the second began");
        c.ExpectBytes(aes.EncryptCbc(text, iv, PaddingMode.None), destination.Map()[..text.Length]);
        c.ExpectBytes(text, source.Map()[..text.Length]);
        c.ExpectErrno(Errno.EINVAL, () => engine.Submit(encrypt with { Length = 8208 }).Wait(Long)); // past the end
        c.ExpectErrno(Errno.EINVAL, () => engine.Submit(encrypt with { Length = 17 }).Wait(Long));
    }

    private static void Display(CaseRun c)
    {
        int bytes = (int)DmaImage.SizeOf(PixelFormat.Xrgb8888, Width, Height);
        using DmaBufHandle video = c.Tee.AllocateRestricted(Heap, (int)DmaImage.SizeOf(PixelFormat.Nv12, Width, Height)), overlay = c.Tee.AllocateRestricted("system", bytes);
        Span<uint> pixels = MemoryMarshal.Cast<byte, uint>(overlay.Map())[..(bytes / sizeof(uint))];
        for (int i = 0; i < pixels.Length; i++)
            pixels[i] = 0xFF00_0000u | (uint)(i * 0x01_0305);
        uint expected = uint.MaxValue;
        foreach (ulong word in MemoryMarshal.Cast<uint, ulong>(pixels))
            expected = BitOperations.Crc32C(expected, word);
        DisplayController display = c.Peripherals.Display;
        long before = display.Frames;
        var ui = new DisplayPlane(new DmaImage(overlay, PixelFormat.Argb8888, Width, Height));
        display.Show(new DisplayFrame(Width, Height, [ui])).Wait(Long);
        c.Expect(display.Crc == ~expected, $"check sum 0x{~expected:x8} of a frame of the overlay alone, got 0x{display.Crc:x8}");
        display.Show(new DisplayFrame(Width, Height, [new DisplayPlane(new DmaImage(video, PixelFormat.Nv12, Width, Height)), ui]) { Region = (0, 0, 8, 8) }).Wait(Long);
        c.Expect(display.Frames == before + 2, "two frames");
        c.Expect(display.Crc is null, "no check sum of a frame with restricted video");
        c.ExpectErrno(Errno.EINVAL, () => display.Show(new DisplayFrame(Width, Height, [ui with { X = 1 }])).Wait(Long)); // beyond the edge
        c.ExpectErrno(Errno.EINVAL, () => display.Show(new DisplayFrame(Width, Height, [ui, new DisplayPlane(new DmaImage(video, PixelFormat.Nv12, Width, Height) { Offset = 7936 })])).Wait(Long)); // as that
    }

    private static void CameraToEngine(CaseRun c)
    {
        int bytes = (int)DmaImage.SizeOf(PixelFormat.Nv12, Width, Height);
        using DmaBufHandle frame = c.Tee.AllocateRestricted(RecordHeap, bytes), copy = c.Tee.AllocateRestricted(RecordHeap, bytes), plain = c.Tee.AllocateRestricted("system", bytes);
        BoardPeripherals devices = c.Peripherals;
        var image = new DmaImage(frame, PixelFormat.Nv12, Width, Height);
        DmaJob captured = devices.Camera.Capture(image, frame: 7, [devices.CryptoEngine.Device]);
        var toCopy = new CryptoJob(CryptoOperation.Copy, new DmaRegion(frame), new DmaRegion(copy), (ulong)bytes) { Consumers = [devices.CryptoEngine.Device] };
        devices.CryptoEngine.Submit(toCopy).Wait(Long);
        c.Expect(captured.Fence is { IsSignaled: true, Error: null }, "a capture that ended before the copy began");
        c.ExpectErrno(Errno.EACCES, () => devices.CryptoEngine.Submit(toCopy with { Destination = new DmaRegion(plain) }).Wait(Long));
        c.ExpectErrno(Errno.EACCES, () => frame.Attach(c.Display)); // it has no rights to what is recorded
        c.ExpectErrno(Errno.EPERM, () => frame.BeginCpuAccess(DmaDirection.FromDevice, TimeSpan.Zero));
    }

    private static void Touch(CaseRun c)
    {
        TouchController touch = c.Peripherals.Touch;
        while (touch.Take() is not null)
        {
            // What an earlier case has left.
        }

        using var touched = new ManualResetEventSlim();
        Action hear = touched.Set;
        touch.Touched += hear;
        touch.Press(new Touch(12, 34, IsDown: true));
        c.Expect(touched.Wait(Long), "an interrupt");
        touch.Touched -= hear;
        c.Expect(touch.Take() == new Touch(12, 34, IsDown: true), "the touch");
        c.Expect(touch.Take() is null && !touch.IsSecure, "no other, and a device that is the normal world's");
    }
}
