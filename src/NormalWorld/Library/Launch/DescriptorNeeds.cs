using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.Serving;
using RestrictedTee.SmcTransport.Interop;

namespace RestrictedTee.NormalWorld.Launch;

/// <summary>How many descriptors a TEE needs, and what is left for the clients of one that serves.</summary>
internal static class DescriptorNeeds
{
    /// <summary>Of a conduit: two pipes, of which the other world's ends go when they have been handed over, and what its reader is woken by.</summary>
    private const int PerConduit = 5;

    /// <summary>Of those, what a secure world that is started again needs beside what the old one gives back.</summary>
    private const int PerConduitAgain = 2;

    /// <summary>Boot line and its listener, notification line, RAM, the process, lock, and two for each library that is loaded later.</summary>
    private const int ForOneWorld = 32;

    /// <summary>More would not be of use: each client's share is half of it at first.</summary>
    private const int MostForClients = 4096;

    /// <summary>Fewer are not worth serving with.</summary>
    private const int LeastForClients = 4;

    /// <exception cref="TeeLaunchException">The limit is too low; the message says what is needed and what to do.</exception>
    internal static void Check(LaunchOptions options)
    {
        int conduits = ConduitsOf(options) + 1;
        int needed = DescriptorLimit.CountOpen() + ForOneWorld + (PerConduit * conduits);
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
        int own = DescriptorLimit.CountOpen() + ForOneWorld + (PerConduitAgain * (ConduitsOf(options) + 1));
        int left = Math.Min(limit - own, MostForClients);
        return left >= LeastForClients
            ? new DescriptorBudget(left)
            : throw new TeeLaunchException(
                $"The limit of open descriptors is {limit}; to serve clients {own + LeastForClients} are needed. Raise it (ulimit -n {2 * own}), or start with fewer threads (--threads).");
    }

    private static int ConduitsOf(LaunchOptions options) => options.Conduits == 0 ? options.Threads : options.Conduits;
}
