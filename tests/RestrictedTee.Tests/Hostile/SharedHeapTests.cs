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
}
