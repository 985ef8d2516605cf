using System.Buffers.Binary;
using System.Runtime.InteropServices;
using RestrictedTee.NormalWorld.Launch;
using RestrictedTee.SmcTransport.Abi;
using RestrictedTee.SmcTransport.Frames;
using RestrictedTee.Tests.Harness;
using RestrictedTee.WorldTests.Harness;

namespace RestrictedTee.WorldTests.Processes;

/// <summary>The screen of a secure world that is a process.</summary>
public sealed class ScreenFileTests
{
    private const ulong Scratch = 0x1F_0000; // of bank 0: reserved shm that no conduit uses

    [Fact]
    public void The_screen_that_the_launcher_asked_for_is_there_when_the_secure_world_has_stopped_and_the_log_says_so()
    {
        using var folder = new Rtee.Folder();
        string screen = Path.Combine(folder.Path, "screen.png"), log = Path.Combine(folder.Path, "log");
        using (TeeEnvironment environment = TeeEnvironment.Launch(new LaunchOptions { ScreenFile = screen, LogFile = log }))
        {
            Assert.DoesNotContain("libSkiaSharp", File.ReadAllText($"/proc/{environment.SecureWorldPid}/maps"), StringComparison.Ordinal);
            ScanOut(environment, new DisplayDescriptor { Head = new DescriptorHead { Operation = 1 }, Width = 640, Height = 480 });
        }

        byte[] png = File.ReadAllBytes(screen);
        Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10], png[..8]);
        Assert.Equal((640, 480), (BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(16)), BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(20))));
        Assert.Single(File.ReadAllLines(log), line => line.Contains("screen", StringComparison.Ordinal));
    }

    private static void ScanOut(TeeEnvironment environment, DisplayDescriptor frame)
    {
        MemoryMarshal.Write(environment.Bank0.GetSpan(Scratch, DisplayDescriptor.Size), frame);
        ulong display = Enumerable.Range(0, (int)Sip(environment, SipDevices.DeviceCount)).Select(i => (ulong)i)
            .First(i => IsDisplay(environment, i));
        Sip(environment, SipDevices.RegisterWrite, display, DeviceRegisters.Doorbell, environment.Bank0.Range.Start.Value + Scratch);
        Assert.True(SpinWait.SpinUntil(() => Read(environment, display, DisplayRegisters.Frames) == 1, TimeSpan.FromSeconds(20)));
    }

    private static bool IsDisplay(TeeEnvironment environment, ulong device) =>
        SmcTransport.Board.BoardFile.Default.BusMasters[(int)Sip(environment, SipDevices.DeviceInfo, device)].Name == SmcTransport.Board.BusMasterNames.DisplayController;

    private static ulong Read(TeeEnvironment environment, ulong device, ulong register) => Sip(environment, SipDevices.RegisterRead, device, register);

    private static ulong Sip(TeeEnvironment environment, uint function, ulong x1 = 0, ulong x2 = 0, ulong x3 = 0)
    {
        SmcFrame frame = default;
        (frame[0], frame[1], frame[2], frame[3]) = (function, x1, x2, x3);
        environment.Driver.FastCall(ref frame);
        return frame[1];
    }
}
