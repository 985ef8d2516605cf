using Microsoft.Win32.SafeHandles;
using RestrictedTee.NormalWorld.Interop;
using RestrictedTee.NormalWorld.Shm;
using RestrictedTee.SmcTransport.Lifetimes;
using RestrictedTee.SmcTransport.NormalRam;

namespace RestrictedTee.NormalWorld.UserPages;

/// <summary>A bank of normal RAM whose pages have taken the place of a client's. Its table has a reference, and each registration one; the last one out frees it.</summary>
internal sealed class PageFile(ShmBlock block, int process) : IDisposable
{
    private ReferenceCount _references = new();

    internal SafeFileHandle Memory => block.Bank.Memfd;

    internal PhysicalRange Range => block.Range;

    internal FileIdentity Identity { get; } = FileIdentity.Of(block.Bank.Memfd);

    /// <summary>Whose pages they were.</summary>
    internal int Process => process;

    /// <summary>Where its program has a system call instruction.</summary>
    internal ulong Instruction { get; set; }

    /// <summary>How many registrations there are, and when the last one ended (milliseconds of <see cref="Environment.TickCount64"/>). The table's to change.</summary>
    internal (int Count, long IdleSince) Uses { get; set; }

    internal void AddReference() => ObjectDisposedException.ThrowIf(!_references.TryAdd(), this);

    /// <summary>Lets go of a reference.</summary>
    public void Dispose()
    {
        if (_references.Release())
            block.Dispose();
    }
}
