using RestrictedTee.Contracts;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.Tests.Harness;

namespace RestrictedTee.Tests.XtestApps;

/// <summary>Invariant 9: the managed heap of the secure world is bounded, so what a client has it hold has a bound of its own.</summary>
public sealed class HostileSizeTests : IDisposable
{
    private readonly InProcessTee _tee = new();
    private readonly TeeContext _context;

    public HostileSizeTests() => _context = _tee.OpenContext();

    public void Dispose()
    {
        _context.Dispose();
        _tee.Dispose();
    }

    [Fact]
    public void A_slot_of_sims_holds_no_more_than_the_heap_of_the_original()
    {
        using TeeSession session = _context.OpenSession(Sims.Uuid);

        Assert.Equal(TeecResult.OutOfMemory, Write(session, (64 * 1024) + 1));
        Assert.Equal(TeecResult.Success, Write(session, 64 * 1024));
    }

    [Fact]
    public void What_a_plug_in_is_given_has_a_bound()
    {
        using TeeSession session = _context.OpenSession(SuppPlugin.Uuid);

        Assert.Equal(TeecResult.OutOfMemory, WriteArray(session, SystemPta.LargestPluginData + 1));
        Assert.Equal(TeecResult.Success, WriteArray(session, SystemPta.LargestPluginData));
    }

    private static TeecResult Write(TeeSession session, int size) =>
        session.TryInvoke(Sims.CommandWrite, new Operation(Parameter.ValueInput(0), Parameter.TempInput(new byte[size])), out _);

    private static TeecResult WriteArray(TeeSession session, int size) =>
        session.TryInvoke(SuppPlugin.CommandWriteArray, new Operation(Parameter.TempInOut(new byte[size]), Parameter.ValueOutput()), out _);
}
