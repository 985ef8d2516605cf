namespace RestrictedTee.SmcTransport.Interop;

/// <summary>What the processes that this one has started and waited for have cost, and those that they have: getrusage(2).</summary>
internal static class ChildrenCpu
{
    private const int RusageChildren = -1;

    /// <summary>User and system time together.</summary>
    internal static TimeSpan Total => Libc.GetRUsage(RusageChildren, out Libc.RUsage usage) == 0
        ? Of(usage.UserSeconds, usage.UserMicroseconds) + Of(usage.SystemSeconds, usage.SystemMicroseconds)
        : throw Libc.Failed("getrusage");

    private static TimeSpan Of(long seconds, long microseconds) => TimeSpan.FromSeconds(seconds) + TimeSpan.FromMicroseconds(microseconds);
}
