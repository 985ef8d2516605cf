using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.Sdk;
using RestrictedTee.Tests.Harness;
using Serilog.Events;

namespace RestrictedTee.Tests.Kernel;

/// <summary>A TA folder that changes while the TEE is up.</summary>
[Collection(LogCapture.Collection)]
public sealed class TaReloadTests : IDisposable
{
    private static readonly Guid Uuid = new("0b5d5c8e-1f0a-4b57-9c44-52f6d8a1e0e1");
    private readonly string _folder = Directory.CreateTempSubdirectory("rtee-ta").FullName;
    private readonly InProcessTee _tee;
    private readonly TeeContext _context;

    public TaReloadTests()
    {
        _tee = new InProcessTee(taFolder: _folder);
        _context = _tee.OpenContext();
    }

    private string Path => System.IO.Path.Combine(_folder, "Ta.dll");

    public void Dispose()
    {
        _context.Dispose();
        _tee.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void A_ta_that_is_added_is_found_and_one_that_is_removed_is_not()
    {
        Assert.Equal(TeecResult.ItemNotFound, _context.TryOpenSession(Uuid, TeecLogin.Public, 0, null, out _, out _));

        EmittedTa.Write(Path, Uuid, 1);
        Assert.Equal(1u, Ask());

        File.Delete(Path);
        Assert.Equal(TeecResult.ItemNotFound, _context.TryOpenSession(Uuid, TeecLogin.Public, 0, null, out _, out _));
    }

    [Fact]
    public void A_ta_that_is_rebuilt_is_seen_at_the_next_load_and_an_instance_that_lives_keeps_its_code()
    {
        EmittedTa.Write(Path, Uuid, 1);
        using TeeSession old = _context.OpenSession(Uuid);
        Assert.Equal(1u, Ask(old));

        EmittedTa.Write(Path, Uuid, 2);

        Assert.Equal(2u, Ask());
        Assert.Equal(1u, Ask(old));
    }

    [Fact]
    public void A_newer_form_of_a_single_instance_waits_until_it_has_gone_and_the_log_says_so_once()
    {
        EmittedTa.Write(Path, Uuid, 1, TaFlags.SingleInstance | TaFlags.MultiSession);
        using var log = new LogCapture();
        using (TeeSession first = _context.OpenSession(Uuid))
        {
            EmittedTa.Write(Path, Uuid, 2, TaFlags.SingleInstance | TaFlags.MultiSession);
            Assert.Equal(1u, Ask());
            Assert.Equal(1u, Ask());
            Assert.Equal(1u, Ask(first));
        }

        Assert.Equal(2u, Ask());
        Assert.Single(log.Lines, line => line.Level == LogEventLevel.Information && line.Text.Contains(Uuid.ToString(), StringComparison.Ordinal) && line.Text.Contains("waits", StringComparison.Ordinal));
    }

    [Fact]
    public void A_ta_that_is_rebuilt_into_rubbish_is_of_bad_format_and_its_words_name_the_file()
    {
        EmittedTa.Write(Path, Uuid, 1);
        Assert.Equal(1u, Ask());
        using var log = new LogCapture();
        EmittedTa.Write(Path, Uuid, 1, TaFlags.Concurrent);

        TeecResult result = _context.TryOpenSession(Uuid, TeecLogin.Public, 0, null, out _, out _);

        Assert.Equal(TeecResult.BadFormat, result);
        Assert.Contains(log.Lines, line => line.Level == LogEventLevel.Warning && line.Text.Contains("Ta.dll", StringComparison.Ordinal) && line.Text.Contains("Concurrent", StringComparison.Ordinal));
    }

    [Fact]
    public void An_older_form_goes_with_its_last_instance()
    {
        for (uint version = 0; version < 300; version++) // more than are kept at once
        {
            EmittedTa.Write(Path, Uuid, version + 1);
            Assert.Equal(version + 1, Ask());
        }

        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        Assert.InRange(System.Runtime.Loader.AssemblyLoadContext.All.Count(context => context.Name == Uuid.ToString()), 0, 200);
    }

    private uint Ask()
    {
        using TeeSession session = _context.OpenSession(Uuid);
        return Ask(session);
    }

    private static uint Ask(TeeSession session) => (uint)session.TryInvoke(0, null, out _);
}
