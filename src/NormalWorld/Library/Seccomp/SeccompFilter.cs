using RestrictedTee.NormalWorld.DeviceNodes;
using RestrictedTee.NormalWorld.Interop;

namespace RestrictedTee.NormalWorld.Seccomp;

/// <summary>
/// The filter: calls that name a file, and the ioctls of the devices that are served here, wait for an answer; whatever else a program does is let
/// through in the kernel, at full speed.
/// </summary>
internal static class SeccompFilter
{
    private const uint Allow = 0x7fff_0000; // SECCOMP_RET_ALLOW
    private const uint Notify = 0x7fc0_0000; // SECCOMP_RET_USER_NOTIF

    // linux/bpf_common.h: BPF_LD|BPF_W|BPF_ABS, BPF_JMP|BPF_JEQ|BPF_K, BPF_JMP|BPF_JSET|BPF_K, BPF_ALU|BPF_AND|BPF_K, BPF_RET|BPF_K
    private const ushort Load = 0x20, JumpIfEqual = 0x15, JumpIfSet = 0x45, And = 0x54, Return = 0x06;

    // struct seccomp_data
    private const uint Number = 0, Architecture = 4, FirstArgument = 16, SecondArgument = 16 + 8;

    private const uint SharesMemory = 0x100; // CLONE_VM: a thread, or a child that makes way for a program at once
    private const uint TypeMask = 0xFF00; // _IOC_TYPE
    private const uint TeeType = 0xA4 << 8, HeapType = 'H' << 8, FfaTestType = 0xF0 << 8, BufferType = DmaBufIoctl.Type << 8;

    /// <summary>Makes it.</summary>
    internal static Libc.SockFilter[] Create()
    {
        var program = new List<Libc.SockFilter>
        {
            new(Load, 0, 0, Architecture),
            new(JumpIfEqual, 1, 0, SystemCalls.AuditArchitecture),
            new(Return, 0, 0, Allow), // a program of another architecture sees no devices
            new(Load, 0, 0, Number),
        };
        foreach (int named in SystemCalls.Named)
        {
            program.Add(new(JumpIfEqual, 0, 1, (uint)named));
            program.Add(new(Return, 0, 0, Notify));
        }

        program.Add(new(JumpIfEqual, 0, 1, (uint)SystemCalls.GetDents64)); // that of /dev has names to add
        program.Add(new(Return, 0, 0, Notify));
        if (SystemCalls.Fork >= 0)
        {
            // A child is to have its own of the pages that its parent shares with the TEE.
            program.Add(new(JumpIfEqual, 0, 1, (uint)SystemCalls.Fork));
            program.Add(new(Return, 0, 0, Notify));
            program.Add(new(JumpIfEqual, 0, 4, (uint)SystemCalls.Clone));
            program.Add(new(Load, 0, 0, FirstArgument));
            program.Add(new(JumpIfSet, 0, 1, SharesMemory));
            program.Add(new(Return, 0, 0, Allow));
            program.Add(new(Return, 0, 0, Notify));
        }

        program.Add(new(JumpIfEqual, 1, 0, (uint)SystemCalls.Ioctl));
        program.Add(new(Return, 0, 0, Allow));
        program.Add(new(Load, 0, 0, SecondArgument));
        program.Add(new(And, 0, 0, TypeMask));
        program.Add(new(JumpIfEqual, 3, 0, TeeType));
        program.Add(new(JumpIfEqual, 2, 0, HeapType));
        program.Add(new(JumpIfEqual, 1, 0, BufferType));
        program.Add(new(JumpIfEqual, 0, 1, FfaTestType));
        program.Add(new(Return, 0, 0, Notify));
        program.Add(new(Return, 0, 0, Allow));
        return [.. program];
    }
}
