using System.Security.Cryptography;
using RestrictedTee.Contracts;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.Tests.Harness;

namespace RestrictedTee.Tests.XtestApps;

/// <summary>Memory of the wrong size for the TAs of xtest.</summary>
public sealed class SizeTests : IDisposable
{
    private readonly InProcessTee _tee = new();

    public void Dispose() => _tee.Dispose();

    [Theory]
    [InlineData(RpcTest.CommandSha224, 28)]
    [InlineData(RpcTest.CommandSha256, 32)]
    [InlineData(RpcTest.CommandPrivateSha224, 28)]
    [InlineData(RpcTest.CommandPrivateSha256, 32)]
    public void A_digest_that_is_passed_on_and_does_not_fit_is_refused_as_the_crypt_ta_does_and_nothing_is_written(uint command, int size)
    {
        using TeeContext context = _tee.OpenContext();
        using TeeSession session = context.OpenSession(RpcTest.Uuid);
        byte[] room = new byte[size - 1];
        var operation = new Operation(Parameter.TempInput("abc"u8.ToArray()), Parameter.TempOutput(room));

        Assert.Equal(TeecResult.BadParameters, session.TryInvoke(command, operation, out _));

        Assert.All(room, b => Assert.Equal(0, b));
    }

    [Fact]
    public void Parameters_that_are_passed_on_come_back_the_same_way_through_both_kinds_of_memory()
    {
        using TeeContext context = _tee.OpenContext();
        using TeeSession session = context.OpenSession(RpcTest.Uuid);
        byte[] message = new byte[5000];
        foreach (uint command in new[] { RpcTest.CommandSha256, RpcTest.CommandPrivateSha256 })
        {
            byte[] digest = new byte[SHA256.HashSizeInBytes];
            var operation = new Operation(Parameter.TempInput(message), Parameter.TempOutput(digest));

            Assert.Equal(TeecResult.Success, session.TryInvoke(command, operation, out _));

            Assert.Equal(SHA256.HashData(message), digest);
        }
    }

    [Fact]
    public void More_than_the_ta_has_room_for_panics_it_and_no_more_than_its_session()
    {
        using TeeContext context = _tee.OpenContext();
        using TeeSession session = context.OpenSession(RpcTest.Uuid), other = context.OpenSession(RpcTest.Uuid);
        var operation = new Operation(Parameter.TempInput(new byte[64 * 1024]), Parameter.TempOutput(new byte[32]));

        Assert.Equal(TeecResult.TargetDead, session.TryInvoke(RpcTest.CommandPrivateSha256, operation, out _));

        Assert.Equal(TeecResult.Success, other.TryInvoke(RpcTest.CommandSha256, operation, out _));
    }

    [Fact]
    public void Asking_the_sims_ta_leaves_nothing_in_what_the_client_passed()
    {
        using TeeContext context = _tee.OpenContext();
        using TeeSession session = context.OpenSession(RpcTest.Uuid);
        var operation = new Operation(Parameter.ValueInOut(1, 2), Parameter.TempOutput(new byte[8]));

        Assert.Equal(TeecResult.Success, session.TryInvoke(RpcTest.CommandOpen, operation, out _));

        Assert.Equal((0u, 0u, 0), (operation[0].A, operation[0].B, operation[1].Size));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(15)]
    public void A_uuid_that_does_not_fit_tells_its_size(int size)
    {
        using TeeContext context = _tee.OpenContext();
        using TeeSession session = context.OpenSession(OsTest.Uuid);
        var operation = new Operation(Parameter.ValueOutput(), Parameter.TempOutput(new byte[size]));

        Assert.Equal(TeecResult.ShortBuffer, session.TryInvoke(OsTest.CommandClientIdentity, operation, out _));

        Assert.Equal(16, operation[1].Size);
    }

    [Theory]
    [InlineData(15, 16, 16)]
    [InlineData(16, 15, 16)]
    [InlineData(16, 16, 15)]
    public void Memory_of_three_sizes_is_not_mixed(int input, int inOut, int output)
    {
        using TeeContext context = _tee.OpenContext();
        using TeeSession session = context.OpenSession(OsTest.Uuid);
        var operation = new Operation(Parameter.TempInput(new byte[input]), Parameter.TempInOut(new byte[inOut]), Parameter.TempOutput(new byte[output]));

        Assert.Equal(TeecResult.BadParameters, session.TryInvoke(OsTest.CommandTa2TaMemrefMix, operation, out _));
    }

    [Theory]
    [InlineData(SuppPlugin.CommandGetArray, 17, TeecResult.Generic)]
    [InlineData(SuppPlugin.CommandGetArray, 18, TeecResult.Success)]
    public void The_text_of_the_plug_in_wants_room(uint command, int size, TeecResult expected)
    {
        using TeeContext context = _tee.OpenContext();
        using TeeSession session = context.OpenSession(SuppPlugin.Uuid);
        var operation = new Operation(Parameter.TempOutput(new byte[size]), Parameter.ValueOutput());

        Assert.Equal(expected, session.TryInvoke(command, operation, out _));
    }

    [Theory]
    [InlineData(64 * 1024, TeecResult.Success)]
    [InlineData((64 * 1024) + 1, TeecResult.OutOfMemory)]
    public void The_sims_ta_keeps_no_more_than_the_original_has_room_for(int size, TeecResult expected)
    {
        using TeeContext context = _tee.OpenContext();
        using TeeSession session = context.OpenSession(Sims.Uuid);

        Assert.Equal(expected, session.TryInvoke(Sims.CommandWrite, new Operation(Parameter.ValueInput(0), Parameter.TempInput(new byte[size])), out _));
    }

    [Fact]
    public void An_array_of_no_byte_is_refused_before_the_plug_in()
    {
        using TeeContext context = _tee.OpenContext();
        using TeeSession session = context.OpenSession(SuppPlugin.Uuid);

        Assert.Equal(TeecResult.BadParameters, session.TryInvoke(SuppPlugin.CommandWriteArray, new Operation(Parameter.TempInOut(Array.Empty<byte>()), Parameter.ValueOutput()), out _));
    }
}
