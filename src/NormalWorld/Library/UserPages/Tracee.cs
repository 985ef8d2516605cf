using System.Runtime.InteropServices;
using RestrictedTee.NormalWorld.Interop;

namespace RestrictedTee.NormalWorld.UserPages;

/// <summary>
/// A thread of a client that is held in a stop, to make system calls in its place (ptrace(2)). Belongs to the thread that has seized it; when that
/// ends, the kernel lets go of whatever it held.
/// </summary>
internal sealed class Tracee
{
    private const ulong AllSignals = ulong.MaxValue;
    private const int SystemCallStop = Libc.SigTrap | 0x80; // with PTRACE_O_TRACESYSGOOD

    private Tracee(int id) => Id = id;

    internal int Id { get; }

    /// <summary>Whether it stands still, and its registers can be had.</summary>
    internal bool IsStopped { get; private set; }

    /// <summary>Takes hold of a thread, which goes on.</summary>
    /// <returns>Null when it has ended, or is another's: a debugger's.</returns>
    internal static Tracee? Seize(int thread, nuint options = 0) =>
        Libc.Ptrace(Libc.PtraceSeize, thread, 0, Libc.PtraceTraceSystemCallGood | options) == 0 ? new Tracee(thread) : null;

    /// <summary>One that was seized by the kernel, as the child of one that is.</summary>
    internal static Tracee Inherited(int thread) => new(thread);

    /// <summary>As <see cref="Seize"/>, waiting until a thread of an exchange before this one, which is on its way out, has let go of it.</summary>
    internal static Tracee? SeizeWithin(TimeSpan patience, int thread, nuint options = 0)
    {
        long end = Environment.TickCount64 + (long)patience.TotalMilliseconds;
        while (true)
        {
            if (Seize(thread, options) is { } seized)
                return seized;
            if (Environment.TickCount64 > end || IsHeldByOthers(thread))
                return null;
            Thread.Sleep(0);
        }
    }

    /// <summary>Whether a debugger holds the thread, which is nobody of this process.</summary>
    internal static bool IsHeldByOthers(int thread)
    {
        const string Field = "TracerPid:";
        try
        {
            return File.ReadLines($"/proc/{thread}/status").FirstOrDefault(line => line.StartsWith(Field, StringComparison.Ordinal)) is { } found
                && int.Parse(found[Field.Length..]) is not 0 and var tracer && !Directory.Exists($"/proc/self/task/{tracer}");
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Asks it to stop before it runs any more code of its program; it may be in the kernel for as long as that lasts.</summary>
    internal bool Interrupt() => Libc.Ptrace(Libc.PtraceInterrupt, Id, 0, 0) == 0;

    /// <summary>Whether it has come to its stop meanwhile.</summary>
    internal bool TryStop() => IsStopped || Await(Libc.PtraceEventStop, Libc.WNoHang);

    /// <summary>Waits for its stop.</summary>
    /// <returns>False when it has ended.</returns>
    internal bool WaitForStop() => IsStopped || Await(Libc.PtraceEventStop, 0);

    /// <summary>Waits for an event that was asked for when it was seized. When it lets wait for itself, the thread is asked to stop, which tells whether it will come.</summary>
    /// <returns>False when it has ended, or the event does not come: what would have brought it failed, or begins anew later.</returns>
    internal bool WaitForEvent(int first, int second, TimeSpan patience, out int child)
    {
        child = 0;
        long asks = Environment.TickCount64 + (long)patience.TotalMilliseconds, end = asks + (40 * (long)patience.TotalMilliseconds);
        while (Environment.TickCount64 < end)
        {
            if (!Wait(Libc.WNoHang, out int status))
            {
                if (Environment.TickCount64 > asks)
                {
                    if (!Interrupt())
                        return false;
                    asks = end;
                }

                Thread.Sleep(0);
                continue;
            }

            if (status >> 8 == first || status >> 8 == second)
            {
                IsStopped = true;
                bool known = Libc.PtraceMessage(Libc.PtraceGetEventMessage, Id, 0, out nuint message) == 0;
                child = (int)message;
                return known;
            }

            if (status >> 8 == Libc.PtraceEventStop)
            {
                IsStopped = true;
                return false;
            }

            if (!Pass(status))
                return false;
        }

        return false;
    }

    /// <summary>
    /// Makes system calls in its place, with no signal in between, and sets the result of the one that it was in. Should this process end meanwhile, the client does too:
    /// it would go on with the registers of a call that it never made.
    /// </summary>
    /// <param name="instruction">Where its program has a system call instruction; 0: it has just made one.</param>
    /// <param name="calls">Makes them, and returns the result that its own call has; null to leave that as it is.</param>
    /// <returns>False when it has ended.</returns>
    internal bool Inject(ulong instruction, Func<InjectedCalls, long?> calls)
    {
        Libc.Registers saved = default;
        ulong mask = 0, all = AllSignals;
        bool isBack;
        if (Libc.PtraceRegisters(Libc.PtraceGetRegisters, Id, 0, ref saved) != 0
            || Libc.PtraceSignals(Libc.PtraceGetSignalMask, Id, sizeof(ulong), ref mask) != 0
            || Libc.PtraceSignals(Libc.PtraceSetSignalMask, Id, sizeof(ulong), ref all) != 0)
            return false;
        _ = Libc.Ptrace(Libc.PtraceSetOptions, Id, 0, Libc.PtraceTraceSystemCallGood | Libc.PtraceExitKill);
        try
        {
            var injected = new InjectedCalls(this, saved, instruction != 0 ? instruction : saved.Rip - InjectedCalls.InstructionLength);
            if (calls(injected) is { } result)
                saved.Rax = unchecked((ulong)result);
        }
        finally
        {
            isBack = Libc.PtraceRegisters(Libc.PtraceSetRegisters, Id, 0, ref saved) == 0
                && Libc.PtraceSignals(Libc.PtraceSetSignalMask, Id, sizeof(ulong), ref mask) == 0
                && Libc.Ptrace(Libc.PtraceSetOptions, Id, 0, Libc.PtraceTraceSystemCallGood) == 0;
        }

        return isBack;
    }

    /// <summary>Makes one call.</summary>
    /// <returns>Its result; null when the thread has ended.</returns>
    internal long? Call(Libc.Registers registers)
    {
        if (Libc.PtraceRegisters(Libc.PtraceSetRegisters, Id, 0, ref registers) != 0 || !Step() || !Step()
            || Libc.PtraceRegisters(Libc.PtraceGetRegisters, Id, 0, ref registers) != 0)
            return null;
        return unchecked((long)registers.Rax);
    }

    /// <summary>Lets it go on as if nothing had been.</summary>
    internal void Detach()
    {
        if (IsStopped)
        {
            GoOnWaiting();
            _ = Libc.Ptrace(Libc.PtraceDetach, Id, 0, 0); // fails when it was killed meanwhile
        }

        IsStopped = false;
    }

    /// <summary>Some calls that wait end with EINTR when a thread is stopped, where others go on (signal(7)); those that wait for ever go on too, unless a handler runs.</summary>
    private void GoOnWaiting()
    {
        Libc.Registers registers = default;
        if (Libc.PtraceRegisters(Libc.PtraceGetRegisters, Id, 0, ref registers) != 0 || registers.Rax != unchecked((ulong)-Libc.Eintr) || !InterruptedWait.IsEndless(registers))
            return;
        registers.Rax = InterruptedWait.RestartUnlessHandled;
        _ = Libc.PtraceRegisters(Libc.PtraceSetRegisters, Id, 0, ref registers);
    }

    /// <summary>On to the next border of a system call: into it, or out of it.</summary>
    private bool Step()
    {
        do
        {
            if (Libc.Ptrace(Libc.PtraceSystemCall, Id, 0, 0) != 0 || !Wait(0, out int status))
                return false;
            if (status == SystemCallStop)
                return true;
        }
        while (true); // a stop of the whole process passes it by: it is held here already
    }

    private bool Await(int stop, int options)
    {
        while (Wait(options, out int status))
        {
            if (status >> 8 == stop)
                return IsStopped = true;
            if (!Pass(status))
                return false;
        }

        return false;
    }

    /// <summary>Lets it go on with the signal that it stopped for.</summary>
    private bool Pass(int status) => Libc.Ptrace(Libc.PtraceContinue, Id, 0, status >> 8 == 0 && status != SystemCallStop ? (nuint)status : 0) == 0;

    /// <summary>Takes a stop, and never an end, which is somebody else's to take.</summary>
    private bool Wait(int options, out int status)
    {
        Libc.SigInfo info;
        int result;
        do
        {
            info = default;
            result = Libc.WaitId(Libc.PPid, Id, out info, Libc.WStopped | Libc.WAllKinds | options);
        }
        while (result < 0 && Marshal.GetLastPInvokeError() == Libc.Eintr);

        status = info.Status;
        return result == 0 && info.Code != 0;
    }
}
