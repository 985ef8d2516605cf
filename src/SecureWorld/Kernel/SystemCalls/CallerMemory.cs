using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using RestrictedTee.SecureWorld.Firewall;
using RestrictedTee.SecureWorld.Kernel.Sessions;

namespace RestrictedTee.SecureWorld.Kernel.SystemCalls;

/// <summary>Whose memory is given to a call, by where it lies: in a memref of the running call it is somebody else's too, all other is the TA's own.</summary>
internal static class CallerMemory
{
    /// <summary>Which memref of the running call has it, with rights; -1 for none.</summary>
    internal static int MemrefOf(CallFrame caller, ReadOnlySpan<byte> memory, AccessRights rights, out bool touches) =>
        caller.Parameters.IndexOf(AddressOf(memory), memory.Length, rights, out touches);

    /// <summary>Whether somebody else may write to it while it is looked at.</summary>
    internal static bool MayChange(CallFrame caller, ReadOnlySpan<byte> memory) => MemrefOf(caller, memory, AccessRights.None, out bool touches) >= 0 || touches;

    /// <summary>Where it lies, to be compared with where memrefs do, which do not move; nothing is read there.</summary>
    private static unsafe nint AddressOf(ReadOnlySpan<byte> memory) => (nint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(memory));
}
