using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using RestrictedTee.NormalWorld.Device.Ioctls;
using RestrictedTee.NormalWorld.DeviceNodes;
using RestrictedTee.NormalWorld.Uapi;

namespace RestrictedTee.NormalWorld.Seccomp;

/// <summary>Writes each call of a device as a line, decoded: what was asked, and what came of it. Never what memory holds.</summary>
internal sealed class CallTrace(TextWriter to)
{
    /// <summary>What a request asks for, before it is carried out and overwritten.</summary>
    internal string Describe(uint request, ref IoctlFrame frame)
    {
        if (request == TeeIoctl.Invoke && Head<TeeIoctlInvokeArg>(frame.Buffer) is { } invoke)
            return $"session {invoke.Session:x8}, command {invoke.Func}, cancel id {invoke.CancelId}, {ParametersOf<TeeIoctlInvokeArg>(frame.Buffer)}";
        if (request == TeeIoctl.OpenSession && Head<TeeIoctlOpenSessionArg>(frame.Buffer) is { } open)
            return $"{open.Uuid.ToGuid()}, login 0x{open.ClientLogin:x}, {ParametersOf<TeeIoctlOpenSessionArg>(frame.Buffer)}";
        if (request == TeeIoctl.Cancel && Head<TeeIoctlCancelArg>(frame.Argument) is { } cancel)
            return $"session {cancel.Session:x8}, cancel id {cancel.CancelId}";
        if (request == TeeIoctl.CloseSession)
            return $"session {MemoryMarshal.Read<uint>(frame.Argument):x8}";
        if (request == TeeIoctl.ShmAlloc)
            return $"{MemoryMarshal.Read<TeeIoctlShmAllocData>(frame.Argument).Size} bytes";
        if (request == TeeIoctl.ShmRegister)
            return Memory(MemoryMarshal.Read<TeeIoctlShmRegisterData>(frame.Argument));
        if (request == TeeIoctl.ShmRegisterFd)
            return $"descriptor {MemoryMarshal.Read<TeeIoctlShmRegisterFdData>(frame.Argument).Fd}";
        if (request == TeeIoctl.RstmemAlloc && Head<TeeIoctlRstmemAllocData>(frame.Argument) is { } restricted)
            return $"{restricted.Size} bytes for use case {restricted.UseCase}";
        if (request == TeeIoctl.DmaHeapAlloc)
            return $"{MemoryMarshal.Read<DmaHeapAllocationData>(frame.Argument).Length} bytes";
        return "";
    }

    /// <summary>It was carried out.</summary>
    internal void Done(int thread, DeviceNode node, RequestShape shape, string? asked, uint request, ref IoctlFrame frame) =>
        Write(thread, node, shape.Name, asked ?? "", Outcome(request, ref frame));

    /// <summary>Memory of the client's own was registered so that both sides have the very pages.</summary>
    internal void Registered(int thread, DeviceNode node, TeeIoctlShmRegisterData data) => Write(thread, node, "TEE_IOC_SHM_REGISTER", Memory(data), "done, pages shared");

    /// <summary>It was refused.</summary>
    internal void Failed(int thread, DeviceNode node, uint request, TeeDriverException why) =>
        Write(thread, node, NameOf(node, request), "", $"{why.Errno}: {why.Message}");

    /// <summary>A node was opened, or not.</summary>
    internal void Opened(int thread, DeviceNode node, TeeDriverException? why) => Write(thread, node, "open", "", why is null ? "done" : $"{why.Errno}: {why.Message}");

    private static string NameOf(DeviceNode node, uint request)
    {
        try
        {
            return node.ShapeOf(request).Name;
        }
        catch (TeeDriverException)
        {
            return $"request 0x{request:x8}";
        }
    }

    private static string Outcome(uint request, ref IoctlFrame frame)
    {
        if (request == TeeIoctl.Invoke && Head<TeeIoctlInvokeArg>(frame.Buffer) is { } invoke)
            return $"{Result(invoke.Ret, invoke.RetOrigin)}, {ParametersOf<TeeIoctlInvokeArg>(frame.Buffer)}";
        if (request == TeeIoctl.OpenSession && Head<TeeIoctlOpenSessionArg>(frame.Buffer) is { } open)
            return $"{Result(open.Ret, open.RetOrigin)}, session {open.Session:x8}, {ParametersOf<TeeIoctlOpenSessionArg>(frame.Buffer)}";
        if (request == TeeIoctl.Version && Head<TeeIoctlVersionData>(frame.Argument) is { } version)
            return $"implementation {version.ImplId}, capabilities 0x{version.GenCaps:x}";
        if (request == TeeIoctl.ShmAlloc && Head<TeeIoctlShmAllocData>(frame.Argument) is { } made)
            return $"shm {made.Id}, {made.Size} bytes";
        if (request == TeeIoctl.ShmRegister)
            return $"shm {MemoryMarshal.Read<TeeIoctlShmRegisterData>(frame.Argument).Id}, copied in and out";
        if (request == TeeIoctl.ShmRegisterFd && Head<TeeIoctlShmRegisterFdData>(frame.Argument) is { } registered)
            return $"shm {registered.Id}, {registered.Size} bytes";
        return "done";
    }

    private static string Memory(TeeIoctlShmRegisterData data) => $"{data.Length} bytes at 0x{data.Address:x}";

    private static string Result(uint result, uint origin) => $"{(TeecResult)result} (0x{result:x8}) from {(TeecOrigin)origin}";

    private static string ParametersOf<T>(ReadOnlySpan<byte> buffer)
        where T : struct
    {
        var text = new StringBuilder("(");
        foreach (TeeIoctlParam parameter in MemoryMarshal.Cast<byte, TeeIoctlParam>(buffer[Unsafe.SizeOf<T>()..]))
            text.Append(text.Length > 1 ? "; " : "").Append(Parameter(parameter));
        return text.Append(')').ToString();
    }

    private static string Parameter(TeeIoctlParam parameter) => parameter.Type switch
    {
        0 => "none",
        1 => string.Create(CultureInfo.InvariantCulture, $"in 0x{parameter.A:x} 0x{parameter.B:x}"),
        2 => string.Create(CultureInfo.InvariantCulture, $"out 0x{parameter.A:x} 0x{parameter.B:x}"),
        3 => string.Create(CultureInfo.InvariantCulture, $"inout 0x{parameter.A:x} 0x{parameter.B:x}"),
        5 => "in " + Reference(parameter),
        6 => "out " + Reference(parameter),
        7 => "inout " + Reference(parameter),
        var type => $"type {type}",
    };

    private static string Reference(TeeIoctlParam parameter) =>
        parameter.C == TeeIoctl.MemrefNull ? $"null of {parameter.B}" : $"shm {parameter.C} +{parameter.A} of {parameter.B}";

    private static T? Head<T>(ReadOnlySpan<byte> bytes)
        where T : struct => bytes.Length >= Unsafe.SizeOf<T>() ? MemoryMarshal.Read<T>(bytes) : null;

    private void Write(int thread, DeviceNode node, string call, string asked, string outcome)
    {
        string line = $"[{thread}] {node} {call}{(asked.Length > 0 ? " " : "")}{asked} = {outcome}";
        try
        {
            lock (to) // lines of several threads stay whole
                to.WriteLine(line);
        }
        catch (IOException)
        {
            // There is nobody to read it, which is no reason to fail the client's call.
        }
    }
}
