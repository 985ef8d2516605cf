using System.Diagnostics;
using System.Reflection;
using System.Runtime.ExceptionServices;
using RestrictedTee.SecureWorld.Kernel.ManagedRuntime;
using RestrictedTee.SecureWorld.TaStore;
using Serilog;

namespace RestrictedTee.SecureWorld.Boot;

/// <summary>
/// Exceptions that no border catches: of a thread that a TA has made, of a finalizer, of a work item. They end neither the
/// secure world nor the silence about what they hold; the TA whose code they come from is ended instead (invariants 5 and 8).
/// </summary>
internal static class StrayFaults
{
    private static Action<Guid, string>? s_kill;

    /// <summary>To be called once in a process, before anything of a TA is loaded.</summary>
    internal static void Catch() => ExceptionHandling.SetUnhandledExceptionHandler(Handle);

    /// <summary>Says how a TA is ended, once there are any.</summary>
    internal static void Attach(Action<Guid, string> kill) => Volatile.Write(ref s_kill, kill);

    /// <returns>Always true: the thread ends, and the process goes on.</returns>
    private static bool Handle(Exception e)
    {
        try
        {
            string cause = TaFault.Describe(e);
            if (Origin(e) is { } uuid && Volatile.Read(ref s_kill) is { } kill)
                kill(uuid, cause);
            else
                Log.Error("A thread of the secure world {Cause}", cause);
        }
        catch (Exception)
        {
            // Nothing stands above this border, and what it could not even describe must not end the process.
        }

        return true;
    }

    /// <summary>The TA whose code is nearest to where the exception was thrown. The trace is the runtime's; the exception's own members are not asked.</summary>
    private static Guid? Origin(Exception e)
    {
        foreach (StackFrame frame in new StackTrace(e, fNeedFileInfo: false).GetFrames())
        {
            if (frame.GetMethod() is MethodBase method && TaLoadContext.OwnerOf(method.Module.Assembly) is { } uuid)
                return uuid;
        }

        return null;
    }
}
