using System.Diagnostics;
using System.Numerics;

namespace RestrictedTee.CommandLine.Measurement;

/// <summary>Keeps the main thread, and with it every process that it starts meanwhile, on one core.</summary>
internal sealed class CoreAffinity : IDisposable
{
    private readonly nint _before;

    // sched_setaffinity(2) with the id of a process changes its main thread alone; a child inherits from the thread that forks it.
    private CoreAffinity(nint before, nint now)
    {
        _before = before;
        Set(now);
    }

    internal static CoreAffinity PinToOneCore()
    {
        using var self = Process.GetCurrentProcess();
        nint all = self.ProcessorAffinity;
        return new CoreAffinity(all, (nint)1 << BitOperations.Log2((nuint)all)); // the last core: the first has the interrupts
    }

    public void Dispose() => Set(_before);

    private static void Set(nint mask)
    {
        using var self = Process.GetCurrentProcess();
        self.ProcessorAffinity = mask;
    }
}
