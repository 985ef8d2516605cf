using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using RestrictedTee.NormalWorld.Device.Ioctls;
using RestrictedTee.NormalWorld.DeviceNodes;
using RestrictedTee.NormalWorld.Interop;
using RestrictedTee.NormalWorld.Uapi;

namespace RestrictedTee.NormalWorld.Seccomp;

/// <summary>The ioctls of clients: a structure is copied in once, the request carried out, the structure copied out, and the call answered. A border.</summary>
internal sealed class ClientIoctl(NotificationListener listener, Placeholders placeholders, SharedMemoryWatch memoryWatch, ClientRegistrations registrations, DeviceFace face, CallTrace? trace)
{
    private const int MaxArgument = 0x3FFF; // _IOC_SIZEMASK
    private const uint CloseOnExec = 0x8_0000; // O_CLOEXEC

    /// <summary>Carries it out.</summary>
    internal void Serve(in Libc.Notification call, ClientFile file)
    {
        try
        {
            file.Begin();
            try
            {
                Run(call, file);
            }
            finally
            {
                file.End();
            }
        }
        catch (TeeDriverException e)
        {
            trace?.Failed(call.Pid, file.Node, unchecked((uint)call.Arguments[1]), e);
            listener.Answer(call.Id, -(long)e.Errno);
        }
        catch (Exception e)
        {
            Serilog.Log.Error("Request 0x{Request:x8} of process {Pid} failed: {Type} in {Place}", (uint)call.Arguments[1], call.Pid, e.GetType().Name, e.TargetSite?.ToString());
            listener.Answer(call.Id, -(long)Errno.EIO);
        }
    }

    private void Run(in Libc.Notification call, ClientFile file)
    {
        uint made = unchecked((uint)call.Arguments[1]), request = file.Node.Meant(made);
        ulong address = call.Arguments[2];
        var memory = new UserMemory(call.Pid, registrations.Memory);
        face.Check(request);
        RequestShape shape = file.Node.ShapeOf(request);
        Span<byte> argument = stackalloc byte[shape.ArgumentSize];
        argument.Clear();
        int given = Math.Min((int)(made >> 16) & MaxArgument, argument.Length);
        memory.CopyFrom(address, argument[..given]);
        var frame = new IoctlFrame { User = memory, Argument = argument, Given = given };
        TeeIoctlBufData reference = shape.HasBuffer ? frame.TakeBuffer() : default;
        using SafeFileHandle? named = shape.DescriptorIn?.Invoke(argument) is >= 0 and <= int.MaxValue and var number ? Open(call.Pid, (int)number) : null;
        frame.DescriptorIn = named;
        if (!listener.IsValid(call.Id))
            return; // what was read may be a successor's
        try
        {
            if (request == TeeIoctl.ShmRegister && MemoryMarshal.Read<TeeIoctlShmRegisterData>(argument) is { Flags: 0 } data && registrations.TryRegister(call, file, data))
            {
                trace?.Registered(call.Pid, file.Node, data);
                return;
            }

            string? asked = trace?.Describe(request, ref frame);
            file.Device.Ioctl(request, ref frame);
            face.Show(request, frame.Argument);
            trace?.Done(call.Pid, file.Node, shape, asked, request, ref frame);
            Watch(file, request, ref frame);
            try
            {
                Answer(call.Id, file, IsWritten(request, shape) ? address : null, reference, ref frame);
            }
            catch (TeeDriverException) when (request == TeeIoctl.OpenSession)
            {
                CloseUntold(file, ref frame);
                throw;
            }
        }
        finally
        {
            frame.DescriptorOut?.Dispose();
            frame.Held?.Dispose();
            if (request == TeeIoctl.ShmRegister || request == TeeIoctl.ShmRegisterFd)
                placeholders.Watched(); // no other request makes one, and an INVOKE need not wake whoever watches them
        }
    }

    /// <summary>Whether Linux writes the argument itself: what only names a buffer, a session or a request is read, and may lie where nothing can be written.</summary>
    private static bool IsWritten(uint request, in RequestShape shape) => !shape.HasBuffer && request != TeeIoctl.CloseSession && request != TeeIoctl.Cancel;

    /// <summary>Who could not be told of its session cannot close it either (tee_ioctl_open_session).</summary>
    private static void CloseUntold(ClientFile file, ref IoctlFrame frame)
    {
        if (MemoryMarshal.Read<TeeIoctlOpenSessionArg>(frame.Buffer) is not { Ret: 0, Session: var session })
            return;
        var close = new IoctlFrame { User = frame.User, Argument = MemoryMarshal.AsBytes(new Span<uint>(ref session)) };
        file.Device.Ioctl(TeeIoctl.CloseSession, ref close);
    }

    /// <summary>What the descriptor stands for goes with its last copy, which the client closes without a word.</summary>
    private void Watch(ClientFile file, uint request, ref IoctlFrame frame)
    {
        if (frame.DescriptorOut is not { } made)
            return;
        if (frame.Held is { } held)
        {
            frame.Held = null; // the watch's from here on, also when it has none
            frame.DescriptorOut = memoryWatch.Add(made, held);
        }
        else if (request == TeeIoctl.ShmAlloc)
            frame.DescriptorOut = memoryWatch.Add(made, new ClientShm(file, MemoryMarshal.AsRef<TeeIoctlShmAllocData>(frame.Argument).Id));
        else if (request == TeeIoctl.ShmRegister)
            frame.DescriptorOut = placeholders.Add(new ClientShm(file, MemoryMarshal.AsRef<TeeIoctlShmRegisterData>(frame.Argument).Id));
        else if (request == TeeIoctl.ShmRegisterFd)
            frame.DescriptorOut = placeholders.Add(new ClientShm(file, MemoryMarshal.AsRef<TeeIoctlShmRegisterFdData>(frame.Argument).Id));
        else
            return;
        made.Dispose();
    }

    private void Answer(ulong id, ClientFile file, ulong? address, TeeIoctlBufData reference, ref IoctlFrame frame)
    {
        registrations.Memory.EnterReadLock();
        try
        {
            if (listener.IsValid(id))
                Return(id, file, address, reference, ref frame);
        }
        finally
        {
            registrations.Memory.ExitReadLock();
        }
    }

    private void Return(ulong id, ClientFile file, ulong? address, TeeIoctlBufData reference, ref IoctlFrame frame)
    {
        frame.ReturnBuffer(reference);
        if (file.Node.Kind == DeviceKind.Heap)
        {
            ref DmaHeapAllocationData data = ref MemoryMarshal.AsRef<DmaHeapAllocationData>(frame.Argument);
            int given = listener.AddDescriptor(id, frame.DescriptorOut!, data.FdFlags & CloseOnExec, answers: false);
            if (given < 0)
                throw new TeeDriverException((Errno)(-given), "The client takes no descriptor.");
            data.Fd = (uint)given;
        }

        if (address is { } written)
            frame.User.CopyTo(frame.Argument[..frame.Given], written);
        if (frame.DescriptorOut is null || file.Node.Kind == DeviceKind.Heap)
            listener.Answer(id, 0);
        else if (listener.AddDescriptor(id, frame.DescriptorOut, CloseOnExec, answers: true) is < 0 and var error)
            listener.Answer(id, error);
    }

    /// <summary>A descriptor of the caller's, opened here: the same file by another description.</summary>
    private static SafeFileHandle? Open(int thread, int descriptor)
    {
        string path = $"/proc/{thread}/fd/{descriptor}";
        foreach (FileAccess access in new[] { FileAccess.ReadWrite, FileAccess.Read })
        {
            try
            {
                return File.OpenHandle(path, FileMode.Open, access, FileShare.ReadWrite | FileShare.Delete);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Not open, or not that way.
            }
        }

        return null;
    }
}
