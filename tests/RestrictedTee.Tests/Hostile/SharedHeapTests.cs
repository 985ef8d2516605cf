using System.IO.Compression;
using RestrictedTee.Contracts;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.Device;
using RestrictedTee.NormalWorld.Driver;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SecureWorld.Kernel.Threads;
using RestrictedTee.SmcTransport.TaImages;
using RestrictedTee.Tests.Harness;
using DigestAlgorithm = RestrictedTee.Sdk.TeeAlgorithm;
using SessionTable = RestrictedTee.SecureWorld.Kernel.Sessions.SessionTable;

namespace RestrictedTee.Tests.Hostile;

/// <summary>Invariants 2 and 9, for the managed heap of the secure world, which is bounded and everybody's.</summary>
public sealed class SharedHeapTests
{
    [Fact]
    public void No_client_can_have_all_sessions_and_what_it_closes_it_may_open_again()
    {
        using var tee = new InProcessTee();
        using TeeContext context = tee.OpenContext();
        while (tee.Driver.Sessions.TryTake(Environment.ProcessId))
        {
            // As if it had opened them.
        }

        Assert.Equal((TeecResult.OutOfMemory, TeecOrigin.Comms), (context.TryOpenSession(HelloWorld.Uuid, TeecLogin.Public, 0, null, out _, out TeecOrigin origin), origin));
        using (var other = new TeeContext(new TeeDevice(tee.Host, ClientIdentity.Of(1, 0, 0))))
        using (other.OpenSession(HelloWorld.Uuid))
            tee.Driver.Sessions.GiveBack(Environment.ProcessId);
        for (int round = 0; round < 3; round++)
            context.OpenSession(HelloWorld.Uuid).Dispose();
        Assert.NotEqual(TeecResult.Success, context.TryOpenSession(Guid.NewGuid(), TeecLogin.Public, 0, null, out _, out _));
        using TeeSession last = context.OpenSession(HelloWorld.Uuid);
    }

    [Fact]
    public void The_driver_shares_out_fewer_sessions_than_the_tee_has()
    {
        var driver = new FairShares(16_000);
        int clients = 0;
        while (driver.TryTake(++clients))
        {
            // One each.
        }

        Assert.InRange(clients, 1, SessionTable.NormalWorldLimit);
    }

    [Fact]
    public void Images_that_are_under_way_have_one_budget_and_give_it_back()
    {
        var budget = new ImageBudget(TaImage.MaxImageSize);

        Assert.True(budget.TryTake(TaImage.MaxTotalSize));
        Assert.False(budget.TryTake(TaImage.MaxTotalSize));
        budget.GiveBack(TaImage.MaxTotalSize);
        Assert.True(budget.TryTake(TaImage.MaxImageSize));
    }

    [Fact]
    public void An_image_that_is_said_to_be_larger_than_any_is_refused_before_there_is_room_for_it()
    {
        using var tee = new InProcessTee();
        using TeeContext context = tee.OpenContext();
        tee.Supplicant.Dispose();
        using var device = new TeeDevice(tee.Host, ClientIdentity.Self, privileged: true);
        var asked = new List<ulong>();
        var supplicant = new Thread(() =>
        {
            try
            {
                while (true)
                {
                    SupplicantRequest request = device.ReceiveRequest();
                    TeeIoctlParam[] answer = [.. request.Parameters];
                    asked.Add(answer[1].B);
                    answer[1].B = (ulong)TaImage.MaxImageSize + 1;
                    device.SendResponse(TeecResult.ShortBuffer, answer);
                }
            }
            catch (TeeDriverException)
            {
                // The end of the test.
            }
        });
        supplicant.IsBackground = true;
        supplicant.Start();

        for (int round = 0; round < 3; round++)
            Assert.Equal(TeecResult.OutOfMemory, context.TryOpenSession(Guid.NewGuid(), TeecLogin.Public, 0, null, out _, out _));

        Assert.Equal([0UL, 0UL, 0UL], asked); // the size, and never the content
        tee.AssertStillServes();
    }

    [Fact]
    public void What_images_that_are_loaded_keep_has_one_bound_and_comes_back_with_them()
    {
        using var tee = new InProcessTee();
        using TeeContext context = tee.OpenContext();
        tee.Supplicant.Dispose();
        using var device = new TeeDevice(tee.Host, ClientIdentity.Self, privileged: true);
        var uuid = Guid.NewGuid();
        uint version = 0;
        var supplicant = new Thread(() => Serve(device, () => Bomb(uuid, ++version)));
        supplicant.IsBackground = true;
        supplicant.Start();

        var sessions = new List<TeeSession>(); // each is of a form of its own
        TeecResult result;
        while ((result = context.TryOpenSession(uuid, TeecLogin.Public, 0, null, out TeeSession? session, out _)) == TeecResult.Success && sessions.Count < 12)
            sessions.Add(session!);

        Assert.Equal((TeecResult.OutOfMemory, 3), (result, sessions.Count));
        sessions.ForEach(session => session.Dispose());
        Assert.True(SpinWait.SpinUntil(() => context.TryOpenSession(uuid, TeecLogin.Public, 0, null, out _, out _) == TeecResult.Success, TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public void A_digest_without_end_counts_against_the_quota_of_its_instance()
    {
        using var tee = new InProcessTee();
        using TeeContext context = tee.OpenContext();
        using TeeSession session = context.OpenSession(Crypt.Uuid);
        int count = 0;
        while (count < 4096 && session.TryInvoke(
            Crypt.CommandAllocateOperation, new Operation(Parameter.ValueInOut(0, (uint)DigestAlgorithm.Shake128), Parameter.ValueInput(5)), out _) == TeecResult.Success)
        {
            count++;
        }

        Assert.InRange(count, 1, 256 * 1024 / 448); // gpd.ta.dataSize of the TA by what one takes up
    }

    /// <summary>An image of few bytes that unpacks into many.</summary>
    private static byte[] Bomb(Guid uuid, uint version)
    {
        string file = Path.GetTempFileName();
        EmittedTa.Write(file, uuid, version);
        using var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach ((string name, byte[] content) in (ReadOnlySpan<(string, byte[])>)[("EmittedTa.dll", File.ReadAllBytes(file)), ("Zeroes.dll", new byte[15 << 20])])
            {
                using Stream entry = archive.CreateEntry(name).Open();
                entry.Write(content);
            }
        }

        File.Delete(file);
        return stream.ToArray();
    }

    /// <summary>A supplicant that makes an image when it is asked how large it is, and hands that one over then.</summary>
    private static void Serve(TeeDevice device, Func<byte[]> make)
    {
        byte[] image = [];
        try
        {
            while (true)
            {
                SupplicantRequest request = device.ReceiveRequest();
                TeeIoctlParam[] answer = [.. request.Parameters];
                bool isQuestion = answer[1].B == 0;
                if (isQuestion)
                    image = make();
                else
                    request.TryWrite(1, image);
                answer[1].B = (ulong)image.Length;
                device.SendResponse(isQuestion ? TeecResult.ShortBuffer : TeecResult.Success, answer);
            }
        }
        catch (TeeDriverException)
        {
            // The end of the test.
        }
    }
}
