using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace RestrictedTee.LibTeec.Exports;

/// <summary>
/// libteec's tracing (teec_trace.h), which is no API but is exported, and used by its siblings: libckteec.so and libseteec.so do not load
/// without it.
/// </summary>
internal static unsafe class TraceExports
{
    /// <summary>
    /// A line of a sibling, on standard error. The function has a format and its values; C# cannot get at the values of a variable
    /// argument list, so the format is shown as it stands, with the place that it comes from.
    /// </summary>
    [UnmanagedCallersOnly(EntryPoint = "_dprintf", CallConvs = [typeof(CallConvCdecl)])]
    internal static void Trace(byte* function, int line, int level, byte* prefix, byte* format)
    {
        try
        {
            string place = function is null ? "" : $"{Text(function)}:{line}: ";
            Interop.Libc.Say($"{Text(prefix)}: {place}{Text(format).TrimEnd('\n')}");
        }
        catch (Exception)
        {
            // Nobody misses it.
        }
    }

    /// <summary>Does nothing, as in libteec at its default level.</summary>
    [UnmanagedCallersOnly(EntryPoint = "dump_buffer", CallConvs = [typeof(CallConvCdecl)])]
    internal static void DumpBuffer(byte* name, byte* buffer, nuint length)
    {
    }

    private static string Text(byte* text) => text is null ? "" : Marshal.PtrToStringUTF8((nint)text)!;
}
