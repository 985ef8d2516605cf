using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using RestrictedTee.Contracts;
using RestrictedTee.NormalWorld.Interop;
using RestrictedTee.NormalWorld.Uapi;

namespace RestrictedTee.CommandLine.DropIn;

/// <summary>/dev/tee0 as an unmodified program has it: by open and ioctl, with the structures of tee.h.</summary>
internal sealed unsafe class DeviceClient : IDisposable
{
    private const int PageSize = 4096;
    private const uint MemrefInput = 5;

    private readonly SafeFileHandle _device = File.OpenHandle("/dev/tee0", FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
    private readonly byte* _own;
    private readonly int _ownSize;
    private readonly ulong _sharedSize;
    private readonly int _shared;
    private readonly uint _session;

    internal DeviceClient(int ownSize, int sharedSize)
    {
        (_ownSize, _sharedSize) = (ownSize, (ulong)sharedSize);
        _own = (byte*)NativeMemory.AlignedAlloc((nuint)ownSize, PageSize);
        new Span<byte>(_own, ownSize).Clear();
        var shared = new TeeIoctlShmAllocData { Size = (ulong)sharedSize };
        _ = Call(TeeIoctl.ShmAlloc, &shared); // the descriptor is this process' as long as it lives
        _shared = shared.Id;
        _session = Open(OsTest.Uuid);
    }

    /// <summary>An empty command.</summary>
    internal void Nothing() => Invoke(OsTest.CommandInit, default);

    internal void OpenAndClose()
    {
        uint session = Open(HelloWorld.Uuid);
        _ = Call(TeeIoctl.CloseSession, &session);
    }

    /// <summary>A command with memory that is registered for it, as libteec does for a temporary memref.</summary>
    internal void Temporary()
    {
        var registration = new TeeIoctlShmRegisterData { Address = (ulong)_own, Length = (ulong)_ownSize };
        using var descriptor = new SafeFileHandle(Call(TeeIoctl.ShmRegister, &registration), ownsHandle: true);
        Invoke(OsTest.CommandParamsAccess, new TeeIoctlParam { Attr = MemrefInput, B = (ulong)_ownSize, C = (ulong)registration.Id });
    }

    /// <summary>A command with a memref into shared memory.</summary>
    internal void Shared() => Invoke(OsTest.CommandParamsAccess, new TeeIoctlParam { Attr = MemrefInput, B = _sharedSize, C = (ulong)_shared });

    public void Dispose() => _device.Dispose();

    private uint Open(Guid uuid)
    {
        var argument = new TeeIoctlOpenSessionArg { Uuid = UuidBytes.From(uuid) };
        var buffer = new TeeIoctlBufData { BufPtr = (ulong)&argument, BufLen = (ulong)sizeof(TeeIoctlOpenSessionArg) };
        _ = Call(TeeIoctl.OpenSession, &buffer);
        return argument.Ret == 0 ? argument.Session : throw new InvalidOperationException($"No session: 0x{argument.Ret:x8}.");
    }

    private void Invoke(uint command, TeeIoctlParam parameter)
    {
        var call = new Command { Argument = new TeeIoctlInvokeArg { Func = command, Session = _session, NumParams = 2 }, First = parameter };
        call.Second = command == OsTest.CommandParamsAccess ? new TeeIoctlParam { Attr = MemrefInput, C = TeeIoctl.MemrefNull } : default;
        var buffer = new TeeIoctlBufData { BufPtr = (ulong)&call, BufLen = (ulong)sizeof(Command) };
        _ = Call(TeeIoctl.Invoke, &buffer);
        if (call.Argument.Ret != 0)
            throw new InvalidOperationException($"Command {command} failed with 0x{call.Argument.Ret:x8}.");
    }

    private int Call(uint request, void* argument)
    {
        int result = Libc.Ioctl(_device, request, argument);
        return result >= 0 ? result : throw new InvalidOperationException($"Request 0x{request:x8} failed: {(Errno)Marshal.GetLastPInvokeError()}.");
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Command
    {
        internal TeeIoctlInvokeArg Argument;
        internal TeeIoctlParam First;
        internal TeeIoctlParam Second;
    }
}
