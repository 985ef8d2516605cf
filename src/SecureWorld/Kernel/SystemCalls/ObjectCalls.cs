using System.Buffers.Binary;
using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Crypto.Algorithms;
using RestrictedTee.SecureWorld.Kernel.Objects;
using RestrictedTee.SecureWorld.Kernel.Sessions;
using RestrictedTee.SecureWorld.ProtectedMemory;

namespace RestrictedTee.SecureWorld.Kernel.SystemCalls;

/// <summary>Transient objects (GPD_SPE_010 sections 5.5 and 5.6; syscall_cryp_obj_* in core/tee/tee_svc_cryp.c upstream).</summary>
internal sealed class ObjectCalls(SecureRam ram)
{
    internal TeeResult Allocate(CallFrame caller, ref SystemCallFrame frame)
    {
        int maxSize = frame.Size(1);
        if (ObjectTypeTable.Find((ObjectType)frame.UInt32(0)) is not { } row || !row.HasSize(maxSize))
            return TeeResult.NotSupported;
        InstanceResources resources = caller.Session!.Instance.Resources;
        if (resources.Allocate(ram, row.RoomOf(maxSize)) is not { } memory)
            return TeeResult.OutOfMemory;
        var key = new KeyObject(row, maxSize, memory);
        frame[2] = resources.Objects.Add(key);
        if (frame[2] != 0)
            return TeeResult.Success;
        key.Dispose();
        return TeeResult.OutOfMemory;
    }

    internal static TeeResult Close(CallFrame caller, ref SystemCallFrame frame)
    {
        HandleTable objects = caller.Objects;
        if (!objects.TryFind(frame.UInt32(0), out KeyObject? key) || key.Owner is not null)
            return TeeResult.BadParameters;
        objects.Remove(frame.UInt32(0));
        key.Dispose();
        return TeeResult.Success;
    }

    internal static TeeResult Reset(CallFrame caller, ref SystemCallFrame frame)
    {
        if (!caller.Objects.TryFind(frame.UInt32(0), out KeyObject? key))
            return TeeResult.BadParameters;
        key.Reset();
        key.Owner?.ForgetKey();
        return TeeResult.Success;
    }

    internal static TeeResult Populate(CallFrame caller, ref SystemCallFrame frame) =>
        caller.Objects.TryFind(frame.UInt32(0), out KeyObject? key) ? key.Populate(frame.Input(1)) : TeeResult.ItemNotFound;

    internal static TeeResult Copy(CallFrame caller, ref SystemCallFrame frame)
    {
        HandleTable objects = caller.Objects;
        return objects.TryFind(frame.UInt32(0), out KeyObject? to) && objects.TryFind(frame.UInt32(1), out KeyObject? from) ? to.CopyFrom(from) : TeeResult.BadParameters;
    }

    internal static TeeResult GetInfo(CallFrame caller, ref SystemCallFrame frame)
    {
        Span<byte> bytes = frame.Output(1);
        if (!caller.Objects.TryFind(frame.UInt32(0), out KeyObject? key) || bytes.Length < Utee.ObjectInfoSize)
            return TeeResult.BadParameters;
        TeeObjectInfo info = key.Info;
        bytes[..Utee.ObjectInfoSize].Clear(); // a transient object has no data
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, (uint)info.Type);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[4..], info.Size);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[8..], info.MaxSize);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[12..], (uint)info.Usage);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[24..], (uint)info.State);
        return TeeResult.Success;
    }

    internal static TeeResult RestrictUsage(CallFrame caller, ref SystemCallFrame frame)
    {
        if (!caller.Objects.TryFind(frame.UInt32(0), out KeyObject? key))
            return TeeResult.BadParameters;
        key.RestrictUsage((KeyUsage)frame.UInt32(1));
        return TeeResult.Success;
    }

    internal static TeeResult GetAttribute(CallFrame caller, ref SystemCallFrame frame)
    {
        if (!caller.Objects.TryFind(frame.UInt32(0), out KeyObject? key))
            return TeeResult.BadParameters;
        TeeResult result = key.Read((AttributeId)frame.UInt32(1), frame.Output(2), out int size);
        return frame.Written(2, result, size);
    }

    internal static TeeResult GenerateKey(CallFrame caller, ref SystemCallFrame frame) =>
        caller.Objects.TryFind(frame.UInt32(0), out KeyObject? key) ? key.Generate(frame.Size(1), frame.Input(2)) : TeeResult.ItemNotFound;
}
