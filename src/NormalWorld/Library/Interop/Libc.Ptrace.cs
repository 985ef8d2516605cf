using System.Runtime.InteropServices;

namespace RestrictedTee.NormalWorld.Interop;

/// <summary>ptrace(2), of which each request is made by the thread that has seized the tracee (include/uapi/linux/ptrace.h, x86-64's user.h).</summary>
internal static unsafe partial class Libc
{
    internal const int PtraceGetRegisters = 12;
    internal const int PtraceSetRegisters = 13;
    internal const int PtraceContinue = 7;
    internal const int PtraceDetach = 17;
    internal const int PtraceSystemCall = 24;
    internal const int PtraceSeize = 0x4206;
    internal const int PtraceInterrupt = 0x4207;
    internal const int PtraceGetSignalMask = 0x420A;
    internal const int PtraceSetSignalMask = 0x420B;
    internal const int PtraceSetOptions = 0x4200;
    internal const int PtraceGetEventMessage = 0x4201;

    internal const nuint PtraceTraceSystemCallGood = 1;
    internal const nuint PtraceTraceFork = 1 << 1;
    internal const nuint PtraceTraceClone = 1 << 3;
    internal const nuint PtraceExitKill = 1 << 20;

    internal const int PtraceEventFork = 1;
    internal const int PtraceEventClone = 3;
    internal const int PtraceEventStop = 128;

    internal const int SigTrap = 5;
    internal const int WStopped = 0x2;
    internal const int WNoHang = 0x1;
    internal const int WAllKinds = 0x4000_0000; // __WALL

    /// <summary>struct user_regs_struct of x86-64.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 27 * sizeof(ulong))]
    internal struct Registers
    {
        [FieldOffset(7 * 8)]
        internal ulong R10;
        [FieldOffset(8 * 8)]
        internal ulong R9;
        [FieldOffset(9 * 8)]
        internal ulong R8;
        [FieldOffset(10 * 8)]
        internal ulong Rax;
        [FieldOffset(12 * 8)]
        internal ulong Rdx;
        [FieldOffset(13 * 8)]
        internal ulong Rsi;
        [FieldOffset(14 * 8)]
        internal ulong Rdi;
        [FieldOffset(15 * 8)]
        internal ulong OriginalRax;
        [FieldOffset(16 * 8)]
        internal ulong Rip;
    }

    [LibraryImport("libc", EntryPoint = "ptrace", SetLastError = true)]
    internal static partial nint Ptrace(int request, int thread, nuint address, nuint data);

    [LibraryImport("libc", EntryPoint = "ptrace", SetLastError = true)]
    internal static partial nint PtraceRegisters(int request, int thread, nuint none, ref Registers registers);

    [LibraryImport("libc", EntryPoint = "ptrace", SetLastError = true)]
    internal static partial nint PtraceSignals(int request, int thread, nuint size, ref ulong signals);

    [LibraryImport("libc", EntryPoint = "ptrace", SetLastError = true)]
    internal static partial nint PtraceMessage(int request, int thread, nuint none, out nuint message);
}
