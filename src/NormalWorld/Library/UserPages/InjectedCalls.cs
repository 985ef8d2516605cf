using RestrictedTee.NormalWorld.Interop;

namespace RestrictedTee.NormalWorld.UserPages;

/// <summary>System calls in the place of a client's thread: by its own system call instruction, with its registers put back afterwards.</summary>
internal sealed class InjectedCalls(Tracee thread, Libc.Registers registers, ulong instruction)
{
    /// <summary>The two bytes of <c>syscall</c>.</summary>
    internal const int InstructionLength = 2;

    private static ReadOnlySpan<byte> InstructionBytes => [0x0F, 0x05];

    private const ulong CloseNumber = 3, MmapNumber = 9, MprotectNumber = 10; // asm/unistd_64.h
    private const ulong NoRestart = ulong.MaxValue; // orig_rax: no system call to make again
    private const int MapPrivate = 2, MapFixed = 0x10, MapAnonymous = 0x20;
    private const long Killed = -3; // ESRCH

    /// <summary>Whether a client still has the instruction where it once had one: it may have gone to another program since.</summary>
    internal static bool IsInstruction(int process, ulong address)
    {
        if (!ProcessMap.Of(process).Any(mapping => mapping.IsExecutable && mapping.Range.Intersect(address, address + InstructionLength) is not null))
            return false;
        Span<byte> bytes = stackalloc byte[InstructionLength];
        new UserMemory(process).CopyFrom(address, bytes);
        return bytes.SequenceEqual(InstructionBytes);
    }

    /// <summary>Where the instruction is.</summary>
    internal ulong Instruction => instruction;

    /// <summary>Puts pages of a file in the place of what is there.</summary>
    /// <returns>0 or a negative errno.</returns>
    internal long MapShared(UserRange range, int protection, int descriptor, ulong offset) =>
        Status(Make(MmapNumber, range.Start, range.Length, (ulong)protection, Libc.MapShared | MapFixed, (ulong)descriptor, offset));

    /// <summary>Puts new pages of its own in the place of what is there.</summary>
    /// <returns>0 or a negative errno.</returns>
    internal long MapPrivatePages(UserRange range, int protection) =>
        Status(Make(MmapNumber, range.Start, range.Length, (ulong)protection, MapPrivate | MapAnonymous | MapFixed, ulong.MaxValue, 0));

    /// <summary>mprotect(2).</summary>
    internal void Protect(UserRange range, int protection) => Make(MprotectNumber, range.Start, range.Length, (ulong)protection, 0, 0, 0);

    internal void Close(int descriptor) => Make(CloseNumber, (ulong)descriptor, 0, 0, 0, 0, 0);

    private static long Status(long result) => result is < 0 and > -4096 ? result : 0;

    private long Make(ulong number, ulong first, ulong second, ulong third, ulong fourth, ulong fifth, ulong sixth)
    {
        Libc.Registers call = registers;
        (call.Rax, call.OriginalRax, call.Rip) = (number, NoRestart, instruction);
        (call.Rdi, call.Rsi, call.Rdx, call.R10, call.R8, call.R9) = (first, second, third, fourth, fifth, sixth);
        return thread.Call(call) ?? Killed;
    }
}
