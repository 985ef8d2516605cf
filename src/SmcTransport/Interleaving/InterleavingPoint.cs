using System.Diagnostics;

namespace RestrictedTee.SmcTransport.Interleaving;

/// <summary>
/// A place between a read and the write that a lock makes one step with it, where a test can hold a thread and let another try
/// to get in between. The calls are compiled into debug builds only.
/// </summary>
internal static class InterleavingPoint
{
    private static readonly AsyncLocal<Action<string>?> Hook = new();

    /// <summary>
    /// What happens at a point on the calling thread, and on threads that it starts from now on; other threads, such as those of
    /// a test that runs beside, do not notice.
    /// </summary>
    internal static Action<string>? Reached
    {
        set => Hook.Value = value;
    }

    /// <summary>The calling thread is at a point.</summary>
    /// <param name="point">Its name: the class and what it is about to do.</param>
    [Conditional("DEBUG")]
    internal static void Reach(string point) => Hook.Value?.Invoke(point);
}
