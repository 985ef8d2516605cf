using System.Collections.Concurrent;

namespace RestrictedTee.LibTeec.Contexts;

/// <summary>All contexts of this process, by the number in their structure.</summary>
internal static class OpenContexts
{
    private static readonly ConcurrentDictionary<int, ClientContext> Contexts = new();
    private static int s_last;

    /// <returns>Its number.</returns>
    internal static int Add(ClientContext context)
    {
        int number = Interlocked.Increment(ref s_last);
        Contexts[number] = context;
        return number;
    }

    /// <summary>The context of that number; null when there is none.</summary>
    internal static ClientContext? Find(int number) => Contexts.TryGetValue(number, out ClientContext? context) ? context : null;

    /// <summary>Closes it; what is not released yet can be released still.</summary>
    internal static void Close(int number)
    {
        if (Find(number) is not { } context)
            return;
        context.Close();
        ForgetIfOver(number, context);
    }

    internal static void Release(int number, int memoryId)
    {
        if (Find(number) is not { } context)
            return;
        context.TakeMemory(memoryId)?.Dispose();
        ForgetIfOver(number, context);
    }

    private static void ForgetIfOver(int number, ClientContext context)
    {
        if (context.IsOver)
            Contexts.TryRemove(number, out _);
    }
}
