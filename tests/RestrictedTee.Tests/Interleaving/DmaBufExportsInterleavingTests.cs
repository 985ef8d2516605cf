using Microsoft.Win32.SafeHandles;
using RestrictedTee.NormalWorld.DmaBuf;
using RestrictedTee.NormalWorld.Interop;
using RestrictedTee.Tests.Harness;

namespace RestrictedTee.Tests.Interleaving;

/// <summary>Descriptors of dma-bufs that are made, looked up and closed at the same moment.</summary>
public sealed class DmaBufExportsInterleavingTests : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private readonly DmaBufExports _exports = new();
    private readonly Exporter _exporter = new();

    public void Dispose() => _exports.Dispose();

    [InterleavingTheory]
    [InlineData("DmaBufExports.Add", "Add")]
    [InlineData("DmaBufExports.Add", "Find")]
    [InlineData("DmaBufExports.Add", "Duplicate")]
    [InlineData("DmaBufExports.Watch", "Find")]
    [InlineData("DmaBufExports.Close", "Find")]
    public void Nothing_gets_in_between_a_change_of_the_list_and_what_goes_with_it(string point, string operation)
    {
        var known = new ExportedDmaBuf(Buffer(1));
        using SafeFileHandle descriptor = known.TakeFirst();

        Scheduler.AssertExcludes(
            point,
            () =>
            {
                // The watcher is this thread's child, and so can be held in its stead.
                ExportedDmaBuf export = _exports.Add(Buffer(2));
                if (point == "DmaBufExports.Close")
                    export.TakeFirst().Dispose();
            },
            operation switch
            {
                "Add" => () => _exports.Add(Buffer(3)),
                "Find" => () => _exports.Find(descriptor)?.Release(),
                _ => () => _exports.Duplicate(known)?.Dispose(),
            });
    }

    [InterleavingFact]
    public void A_descriptor_that_is_made_when_the_last_one_has_just_been_closed_keeps_the_buffer()
    {
        DmaBufObject buffer = Buffer(1), later = Buffer(2);
        ScheduledThread watched = ScheduledThread.HeldAt("DmaBufExports.HungUp", () => buffer.Export(_exports).Dispose());

        using SafeFileHandle descriptor = buffer.Export(_exports);
        buffer.Release();
        watched.Finish();
        later.Export(_exports).Dispose();
        later.Release();
        _exporter.AwaitRelease(2); // the watcher has come around

        Assert.False(_exporter.IsReleased(1));
        Assert.Same(buffer, _exports.Find(descriptor));
    }

    [InterleavingFact]
    public void All_descriptors_of_a_buffer_are_one_to_it_though_two_are_made_at_once()
    {
        DmaBufObject buffer = Buffer(1);
        SafeFileHandle? first = null, second = null;

        Scheduler.Interleave("DmaBufObject.Export", () => first = buffer.Export(_exports), () => second = buffer.Export(_exports));

        Assert.Equal(FileIdentity.Of(first!), FileIdentity.Of(second!));
        first!.Dispose();
        second!.Dispose();
    }

    private DmaBufObject Buffer(ulong cookie) => new(new TestMemory { Cookie = cookie, OnRelease = _exporter.Release }, 4096);

    private sealed class Exporter
    {
        private readonly HashSet<ulong> _released = [];

        internal void Release(ulong cookie)
        {
            lock (_released)
            {
                _released.Add(cookie);
                Monitor.PulseAll(_released);
            }
        }

        internal bool IsReleased(ulong cookie)
        {
            lock (_released)
                return _released.Contains(cookie);
        }

        internal void AwaitRelease(ulong cookie)
        {
            lock (_released)
            {
                while (!_released.Contains(cookie))
                    Assert.True(Monitor.Wait(_released, Deadline), $"buffer {cookie} is never released");
            }
        }
    }
}
