using RestrictedTee.SecureWorld.Interop;
using Serilog;

namespace RestrictedTee.SecureWorld.Boot;

/// <summary>What the process does to itself before it touches a secret.</summary>
internal static class SecureProcess
{
    /// <summary>
    /// Gives standard output up for standard error: it is inherited from whoever started the normal world, and a TA, or native code
    /// that it brings along, writes to the descriptor whatever the console is set to.
    /// </summary>
    internal static void LeaveStandardOutput()
    {
        const int Output = 1, Error = 2;
        if (Libc.Dup2(Error, Output) < 0)
            throw Libc.Failed("dup2");
    }

    /// <summary>
    /// Makes the process undumpable: other processes of the user can neither attach to it nor read its memory, and it leaves
    /// no core file. Debugging asks for the opposite, and gets it only by saying so.
    /// </summary>
    internal static void Harden(bool allowDebugging)
    {
        if (allowDebugging)
        {
            Log.Warning("Debugging is allowed: other processes of this user can read the secure world's memory");
            return;
        }

        if (Environment.GetEnvironmentVariable("DOTNET_EnableDiagnostics") != "0")
            Log.Warning("The .NET diagnostics port is open; start the secure world through rtee, which closes it");
        var none = new Libc.RLimit { Current = 0, Maximum = 0 };
        if (Libc.Prctl(Libc.PrSetDumpable, 0, 0, 0, 0) < 0)
            throw Libc.Failed("prctl(PR_SET_DUMPABLE)");
        if (Libc.SetRLimit(Libc.RlimitCore, in none) < 0)
            throw Libc.Failed("setrlimit(RLIMIT_CORE)");
    }
}
