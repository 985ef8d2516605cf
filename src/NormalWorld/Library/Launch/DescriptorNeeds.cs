using RestrictedTee.NormalWorld.Serving;
using RestrictedTee.SmcTransport.Interop;

namespace RestrictedTee.NormalWorld.Launch;

/// <summary>How many descriptors a TEE needs, and what is left for the clients of one that serves.</summary>
internal static class DescriptorNeeds
{
    /// <summary>Of a conduit: two pipes, of which the other world's ends go when they have been handed over, and what its reader is woken by.</summary>
    private const int PerConduit = 5;

    /// <summary>Boot line and its listener, notification line, RAM, the process, its closed input, lock, files of the runtime that open and close.</summary>
    private const int ForOneWorld = 32;

    /// <summary>What the runtime of the secure world has open before it is wired up.</summary>
    private const int ForARuntime = 40;

    /// <summary>More would not be of use: each client's share is half of it at first.</summary>
    private const int MostForClients = 4096;

    /// <summary>Fewer are not worth serving with.</summary>
    private const int LeastForClients = 4;

    /// <exception cref="TeeLaunchException">The limit is too low; the message says what is needed and what to do.</exception>
    internal static void Check(LaunchOptions options)
    {
        int conduits = ConduitsOf(options) + 1;
        int needed = Math.Max(DescriptorLimit.CountOpen(), ForARuntime) + ForOneWorld + (PerConduit * conduits);
        int limit = DescriptorLimit.Raise();
        if (limit < needed)
        {
            throw new TeeLaunchException(
                $"The limit of open descriptors is {limit}; a TEE with {conduits} conduits needs {needed}. Raise it (ulimit -n {needed}), or start it with fewer threads (--threads).");
        }
    }

    /// <summary>What the clients of a server may have: all that it does not need itself, or will need to start a secure world again.</summary>
    /// <exception cref="TeeLaunchException">There is nothing to speak of.</exception>
    internal static DescriptorBudget BudgetForClients(LaunchOptions options)
    {
        int limit = DescriptorLimit.Raise();
        int own = DescriptorLimit.CountOpen() + ForOneWorld + (PerConduit * (ConduitsOf(options) + 1));
        int left = Math.Min(limit - own, MostForClients);
        return left >= LeastForClients
            ? new DescriptorBudget(left)
            : throw new TeeLaunchException(
                $"The limit of open descriptors is {limit}; to serve clients {own + LeastForClients} are needed. Raise it (ulimit -n {2 * own}), or start with fewer threads (--threads).");
    }

    private static int ConduitsOf(LaunchOptions options) => options.Conduits == 0 ? options.Threads : options.Conduits;
}
