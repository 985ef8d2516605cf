using RestrictedTee.NormalWorld.Uapi;
using Serilog;

namespace RestrictedTee.NormalWorld.Heaps;

/// <summary>
/// What must be given back, in the reverse of the order in which it was taken: when a later step fails, and else when the buffer is
/// freed. Where giving back is refused it ends: what lies below that step is still in use.
/// </summary>
internal sealed class ReleaseSteps
{
    private readonly Stack<Action> _steps = new(); // guarded by itself

    internal void Add(Action step)
    {
        lock (_steps)
            _steps.Push(step);
    }

    /// <summary>Runs each step, once. Does not fail.</summary>
    internal void Run()
    {
        while (TryTake() is { } step)
        {
            try
            {
                step();
            }
            catch (TeeDriverException e)
            {
                Log.Warning("Memory is not given back, because it is still in use: {Reason}", e.Message);
                return;
            }
            catch (Exception e)
            {
                // Whoever lets go last may be a finalizer, in which an exception ends the process.
                Log.Error("Memory is not given back: {Type} in {Place}", e.GetType().Name, e.TargetSite?.ToString());
                return;
            }
        }
    }

    private Action? TryTake()
    {
        lock (_steps)
            return _steps.TryPop(out Action? step) ? step : null;
    }
}
