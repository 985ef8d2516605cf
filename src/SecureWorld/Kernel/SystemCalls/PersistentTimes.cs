using RestrictedTee.Sdk;

namespace RestrictedTee.SecureWorld.Kernel.SystemCalls;

/// <summary>
/// The persistent time of each trusted application: by how much it is ahead of the system's clock (core/tee/tee_time_generic.c upstream, which
/// keeps no more, and for no longer).
/// </summary>
internal sealed class PersistentTimes
{
    private const int MillisPerSecond = 1000;

    private readonly Lock _gate = new(); // protects the field below; a leaf
    private readonly Dictionary<Guid, long> _ahead = []; // milliseconds; no more rows than there are trusted applications

    /// <summary>Milliseconds as seconds and what is left of one. Seconds that do not fit lose what is above.</summary>
    internal static TeeTime Of(long milliseconds) => new(unchecked((uint)(milliseconds / MillisPerSecond)), (uint)(milliseconds % MillisPerSecond));

    /// <returns>Success; TimeNotSet; Overflow: the time is told without what is above 32 bits of its seconds.</returns>
    internal TeeResult Get(Guid app, long now, out TeeTime time)
    {
        time = default;
        lock (_gate)
        {
            if (!_ahead.TryGetValue(app, out long ahead))
                return TeeResult.TimeNotSet;
            time = Of(now + ahead);
            return (now + ahead) / MillisPerSecond > uint.MaxValue ? TeeResult.Overflow : TeeResult.Success;
        }
    }

    /// <returns>Success; BadParameters: more milliseconds than a second has.</returns>
    internal TeeResult Set(Guid app, long now, TeeTime time)
    {
        if (time.Millis >= MillisPerSecond)
            return TeeResult.BadParameters;
        lock (_gate)
            _ahead[app] = ((long)time.Seconds * MillisPerSecond) + time.Millis - now;
        return TeeResult.Success;
    }
}
