using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace RestrictedTee.SmcTransport.Lifetimes;

/// <summary>
/// A place inside of a critical section, between what is looked at and what is done about it. Tests stop a thread there and let
/// another try to get in, so that a lock that is missing shows every time and not once in a million. Release builds have no trace of it.
/// </summary>
internal static class InterleavingPoint
{
    private static readonly ConditionalWeakTable<object, Action> Hooks = [];

    /// <summary>A thread is at the place, in an object.</summary>
    [Conditional("DEBUG")]
    internal static void Reach(object owner)
    {
        if (Hooks.TryGetValue(owner, out Action? hook))
            hook();
    }

    /// <summary>Has <paramref name="hook"/> called by every thread that reaches the place in this one object.</summary>
    internal static void Watch(object owner, Action hook) => Hooks.AddOrUpdate(owner, hook);

    internal static void Unwatch(object owner) => Hooks.Remove(owner);
}
