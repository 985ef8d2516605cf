using System.ComponentModel;
using RestrictedTee.NormalWorld.DeviceNodes;

namespace RestrictedTee.NormalWorld.Seccomp;

/// <summary>A program, and whatever it starts, with device nodes as if they were there.</summary>
internal static class ClientRun
{
    /// <summary>Runs it, until the last of its processes has ended.</summary>
    /// <returns>Its exit status, or 128 and the signal that ended it.</returns>
    /// <exception cref="Win32Exception">It cannot be started, or the kernel has no such filter (EBUSY: there is one already).</exception>
    internal static int Run(IReadOnlyList<string> command, IDeviceNodes nodes, ClientOptions options)
    {
        using var served = new ManualResetEventSlim();
        FilteredProcess client = FilteredProcess.Start(command, listener =>
        {
            using var supervisor = new ClientSupervisor(nodes, listener, options);
            supervisor.Run();
            served.Set();
        });
        int status = client.WaitForExit();
        served.Wait();
        return status;
    }
}
