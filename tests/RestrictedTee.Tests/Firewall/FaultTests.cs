using System.Runtime.InteropServices;
using RestrictedTee.Contracts;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.DmaBuf;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SecureWorld.Firewall;
using RestrictedTee.SecureWorld.ProtectedMemory;
using RestrictedTee.SmcTransport.Board;
using RestrictedTee.Tests.Harness;

namespace RestrictedTee.Tests.Firewall;

/// <summary>Each violation leaves a record that says who, where, what, when and by which rule.</summary>
public sealed class FaultTests
{
    [Fact]
    public void A_record_says_who_where_what_when_and_by_which_rule()
    {
        using var bench = new FirewallBench();
        RestrictedBuffer buffer = bench.Allocate();
        ulong handle = bench.Map(FirewallBench.Display, buffer, AccessRights.Read);
        DateTimeOffset before = DateTimeOffset.UtcNow;

        bench.TryBurst(FirewallBench.Display, handle, AccessRights.Write, offset: 4096, length: 100);

        FaultRecord fault = Assert.Single(bench.Rules.Faults.Drain());
        Assert.Equal((FirewallBench.Display.Id, UseCase.SecureVideoPlay, buffer.Cookie, AccessRights.Write), (fault.Master, fault.UseCase, fault.Cookie, fault.Rights));
        Assert.Equal((4096UL, 100L, "it is mapped for another direction"), (fault.Offset, fault.Length, fault.Reason));
        Assert.InRange(fault.Time, before, DateTimeOffset.UtcNow);
    }

    [Fact]
    public void The_newest_faults_are_told_again_by_number_and_what_was_dropped_is_counted()
    {
        var log = new FaultLog();
        for (int i = 1; i <= 300; i++)
            log.Add(new FaultRecord(default, FirewallBench.Display.Id, default, (ulong)i, AccessRights.Read, "a reason"));
        log.Drain();

        IReadOnlyList<FaultRecord> newest = log.NewestAfter(298, out long first);

        Assert.Equal(299L, first);
        Assert.Equal([299UL, 300UL], newest.Select(fault => fault.Cookie));
        Assert.Equal((256, 45L), (log.NewestAfter(0, out first).Count, first));
        Assert.Empty(log.NewestAfter(long.MaxValue, out _));
        Assert.Equal(300, log.Count);
    }

    [Fact]
    public void A_client_reads_the_faults_and_learns_no_address_by_them()
    {
        using var tee = new InProcessTee();
        using TeeContext context = tee.OpenContext();
        using DmaBufHandle handle = context.AllocateRestricted("protected,secure-video", 8192);
        using SharedMemory buffer = context.RegisterSharedMemory(handle);
        using (TeeSession decryptor = context.OpenSession(ContentDecryptor.Uuid))
        {
            decryptor.Invoke(
                ContentDecryptor.CommandInstallKey,
                new Operation(Parameter.ValueInput(ContentDecryptor.ModeCtr), Parameter.TempInput(new byte[16]), Parameter.TempInput(new byte[16]), Parameter.ValueInput(0, 64)));
            decryptor.Invoke(ContentDecryptor.CommandDecrypt, new Operation(Parameter.TempInput(new byte[64]), Parameter.Partial(buffer, Direction.Output, 0, 64)));
        }

        using (TeeSession dumper = context.OpenSession(SdpBasic.Uuid))
            Assert.Equal(TeecResult.AccessDenied, dumper.TryInvoke(SdpBasic.CommandDump, new Operation(Parameter.Partial(buffer, Direction.Input, 4096, 64), Parameter.TempOutput(new byte[64])), out _));

        byte[] bytes = new byte[4 * FaultEntry.Size];
        var operation = new Operation(Parameter.ValueInput(0, 0), Parameter.TempOutput(bytes), Parameter.ValueOutput());
        using (TeeSession faults = context.OpenSession(FaultsPta.Uuid))
            faults.Invoke(FaultsPta.CommandRead, operation);
        FaultEntry fault = Assert.Single(MemoryMarshal.Cast<byte, FaultEntry>(bytes.AsSpan(0, (int)operation[1].Size)).ToArray());
        Assert.Equal((1UL, 1u, 1u, 4096UL, 64u), (fault.Number, fault.UseCase, fault.Rights, fault.Offset, fault.Length));
        Assert.Equal(($"ta {SdpBasic.Uuid}", "not among the claim's readers"), (fault.Master.ToString(), fault.Rule.ToString()));
        Assert.Equal(1u, operation[2].B);
    }

    [Fact]
    public void An_entry_is_laid_out_as_its_contract_says()
    {
        Assert.Equal(FaultEntry.Size, Marshal.SizeOf<FaultEntry>());
        Assert.Equal((nint)40, Marshal.OffsetOf<FaultEntry>(nameof(FaultEntry.Master)));
    }
}
