using RestrictedTee.Contracts;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.Device;
using RestrictedTee.NormalWorld.Device.Ioctls;
using RestrictedTee.NormalWorld.DmaBuf;
using RestrictedTee.NormalWorld.Driver;
using RestrictedTee.NormalWorld.Driver.Probe;
using RestrictedTee.NormalWorld.Launch;
using RestrictedTee.NormalWorld.Shm;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Abi;
using RestrictedTee.SmcTransport.Board;
using RestrictedTee.SmcTransport.Boot;
using RestrictedTee.SmcTransport.Conduits;
using RestrictedTee.SmcTransport.Frames;
using RestrictedTee.SmcTransport.NormalRam;
using RestrictedTee.Tests.Harness;
using RestrictedTee.WorldTests.Harness;
using RestrictedTee.Xtest;
using RestrictedTee.Xtest.Framework;

namespace RestrictedTee.WorldTests.Processes;

/// <summary>Invariants 2 and 8 across real processes and pipes.</summary>
public sealed class HostileWorldTests
{
    [Fact]
    public void Invariant_2_a_hundred_thousand_garbage_frames_over_a_pipe_leave_the_suite_passing()
    {
        const int Frames = 100_000;
        BoardFile board = BoardFile.Default;
        using RunFolder folder = RunFolder.Acquire($"hostile-{Environment.ProcessId}");
        RamBank bank0 = RamBank.Create(board.NormalRam.Range, "hostile ram");
        using SecureWorldProcess process = SecureWorldProcess.Start(new LaunchOptions { Threads = 4, Conduits = 4, LogLevel = "Error" }, folder, board, bank0);
        using var ram = new NormalRamMap();
        ram.TryPlug(bank0);
        IConduit raw = process.Wiring.Conduits[0];
        var random = new Random(2);
        ulong[] functions = [.. OpteeSmc.Calls.Rows.Select(row => row.Number)];
        Span<byte> window = bank0.GetSpan(0x10_0000, 0x2000);

        for (int i = 0; i < Frames; i++)
        {
            SmcFrame frame = default;
            random.NextBytes(frame.AsBytes());
            frame[0] = random.Next(4) == 0 ? frame[0] : functions[random.Next(functions.Length)];
            if (random.Next(2) == 0)
            {
                // Half of them point at a message, which is garbage too.
                frame.A1A2 = board.NormalRam.Base + 0x10_0000;
                random.NextBytes(window[..OpteeMsg.ArgSize(6)]);
                window[0] = (byte)random.Next(14);
                window[1..4].Clear();
                window[28] = (byte)random.Next(8);
                window[29..32].Clear();
                for (int p = 0; p < 6; p++)
                    window.Slice(OpteeMsgArg.Size + (p * OpteeMsgParam.Size) + 1, 7).Clear();
            }

            Assert.True(raw.TrySend(frame) && raw.TryReceive(ref frame));
            while (OpteeSmc.IsRpc(frame.A0))
            {
                (uint resume, frame) = (frame.A3, default);
                (frame.A0, frame.A3) = (OpteeSmc.CallReturnFromRpc, resume);
                Assert.True(raw.TrySend(frame) && raw.TryReceive(ref frame));
            }
        }

        var shm = new ShmAllocator(ram, bank0, board.ReservedShm.Range, new Plug(process.Line));
        using var host = new TeeDeviceHost(
            OpteeProbe.Bind(process.Wiring with { Conduits = [.. process.Wiring.Conduits.Skip(1)] }, bank0, board.ReservedShm.Range, shm, new SupplicantQueue()), board);
        using var output = new StringWriter();
        using var xtest = new XtestHost(() => new TeeContext(new TeeDevice(host, ClientIdentity.Self)), level: 0, output);
        XtestSummary summary = XtestRunner.Run(
            new XtestSelection(XtestRegistry.Regression) { TestIds = ["1002", "1005", "1007", "1010", "1012", "1014", "1016", "1017", "1018", "1021", "1025"] }, xtest);
        Assert.True(summary is { FailedCases: 0, Cases: 11 }, output.ToString());
        raw.Dispose();
    }

    [Fact]
    public void Invariant_8_what_a_ta_throws_does_not_reach_the_log()
    {
        using var folder = new Rtee.Folder();
        string log = Path.Combine(folder.Path, "secure.log");
        using (TeeEnvironment environment = TeeEnvironment.Launch(new LaunchOptions { TaDir = Repository.TestTas, LogLevel = "Verbose", LogFile = log }))
        {
            using TeeContext context = environment.OpenContext();
            using TeeSession misbehaving = context.OpenSession(TestTa.Misbehaving);
            using TeeSession decryptor = context.OpenSession(ContentDecryptor.Uuid);
            misbehaving.TryInvoke(0, null, out _);
            decryptor.Invoke(
                ContentDecryptor.CommandInstallKey,
                new Operation(Parameter.ValueInput(0), Parameter.TempInput("0123456789abcdef"u8.ToArray()), Parameter.TempInput(new byte[16]), Parameter.ValueInput(0, 64)));
        }

        string text = File.ReadAllText(log);

        Assert.Contains("InvalidOperationException", text, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", text, StringComparison.Ordinal);
        Assert.DoesNotContain("0123456789abcdef", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_refusal_of_the_firewall_rings_the_notification_line_and_reaches_the_secure_log()
    {
        using var folder = new Rtee.Folder();
        string log = Path.Combine(folder.Path, "secure.log");
        using TeeEnvironment environment = TeeEnvironment.Launch(new LaunchOptions { LogLevel = "Information", LogFile = log });
        using TeeContext context = environment.OpenContext();
        using TeeSession crypt = context.OpenSession(Crypt.Uuid);
        using DmaBufHandle buffer = context.AllocateRestricted(UseCase.SecureVideoPlay, 4096);
        using SharedMemory memory = context.RegisterSharedMemory(buffer);

        crypt.TryInvoke(Crypt.CommandSha256, new Operation(Parameter.Partial(memory, Direction.Input, 0, 64), Parameter.TempOutput(new byte[32])), out _);

        Assert.True(SpinWait.SpinUntil(() => ReadShared(log).Contains("may not touch restricted memory", StringComparison.Ordinal), TimeSpan.FromSeconds(20)));
    }

    private static string ReadShared(string file)
    {
        if (!File.Exists(file))
            return "";
        using var reader = new StreamReader(new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return reader.ReadToEnd();
    }

    [Fact]
    public void A_client_memfd_can_be_registered_and_is_unplugged_again()
    {
        using TeeEnvironment environment = TeeEnvironment.Launch();
        using TeeDeviceFile file = environment.OpenFile();
        using Microsoft.Win32.SafeHandles.SafeFileHandle memfd = RamBank.CreateSealedMemfd(8192, "client memory");
        for (int i = 0; i < 20; i++)
        {
            var data = new TeeIoctlShmRegisterFdData { Fd = memfd.DangerousGetHandle() };
            int fd = file.Ioctl(TeeIoctl.ShmRegisterFd, System.Runtime.InteropServices.MemoryMarshal.AsBytes(new Span<TeeIoctlShmRegisterFdData>(ref data)));
            Assert.True(fd >= 0, $"errno {-fd}");
            new Microsoft.Win32.SafeHandles.SafeFileHandle(fd, ownsHandle: true).Dispose();
            Assert.Equal(8192UL, data.Size);
            Assert.Equal(0, file.CloseShm(data.Id));
        }

        string mappings = File.ReadAllText($"/proc/{Environment.ProcessId}/maps");
        Assert.DoesNotContain("client memory", mappings, StringComparison.Ordinal);
    }

    private sealed class Plug(BootLine line) : IBankPlug
    {
        void IBankPlug.Plug(RamBank bank) => line.Plug(bank);

        void IBankPlug.Unplug(RamBank bank) => line.Unplug(bank);
    }
}
