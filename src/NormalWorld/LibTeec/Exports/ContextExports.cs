using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using RestrictedTee.LibTeec.Abi;
using RestrictedTee.LibTeec.Contexts;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.Launch;
using RestrictedTee.NormalWorld.Uapi;

namespace RestrictedTee.LibTeec.Exports;

/// <summary>Contexts: GPD_SPE_007 sections 4.5.2 and 4.5.3.</summary>
internal static unsafe class ContextExports
{
    [UnmanagedCallersOnly(EntryPoint = "TEEC_InitializeContext", CallConvs = [typeof(CallConvCdecl)])]
    internal static uint InitializeContext(byte* name, TeecContext* context)
    {
        try
        {
            return (uint)Initialize(name, context);
        }
        catch (TeeLaunchException e)
        {
            Interop.Libc.Say($"libteec: {e.Message}");
            return (uint)Fault.ResultOf(e);
        }
        catch (Exception e)
        {
            return (uint)Fault.ResultOf(e);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "TEEC_FinalizeContext", CallConvs = [typeof(CallConvCdecl)])]
    internal static void FinalizeContext(TeecContext* context)
    {
        try
        {
            if (context is null)
                return;
            OpenContexts.Close(context->Number);
            context->Number = 0;
        }
        catch (Exception)
        {
            // There is nobody to tell.
        }
    }

    private static TeecResult Initialize(byte* name, TeecContext* context)
    {
        if (context is null)
            return TeecResult.BadParameters;
        if (name is not null && !MemoryMarshal.CreateReadOnlySpanFromNullTerminated(name).SequenceEqual("optee-tz"u8))
            return TeecResult.ItemNotFound; // libteec's one name for an OP-TEE
        RuntimeThreads.KeepSignalsAway();
        string instance = Environment.GetEnvironmentVariable(LaunchOptions.ConnectVariable) is { Length: > 0 } named ? named : RunFolder.DefaultName;
        int number = OpenContexts.Add(new ClientContext(TeeContext.Connect(instance)));
        *context = new TeecContext { Number = number, HasNullMemrefs = 1 };
        return TeecResult.Success;
    }
}
