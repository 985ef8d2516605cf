using System.Buffers.Binary;

namespace RestrictedTee.Sdk;

/// <summary>Calls on objects (_utee_cryp_obj_*), with attributes as <see cref="AttributeReader"/> reads them.</summary>
internal static partial class Utee
{
    /// <summary>The bytes of struct utee_object_info: type, size, largest size, usage, size and place of data, flags; 4 each.</summary>
    internal const int ObjectInfoSize = 28;

    internal static TeeResult CrypObjGetInfo(uint handle, out TeeObjectInfo info)
    {
        Span<byte> bytes = stackalloc byte[ObjectInfoSize];
        scoped var frame = new SystemCallFrame { [0] = handle };
        frame.GiveOutput(1, bytes);
        TeeResult result = Enter(SystemCall.CrypObjGetInfo, ref frame);
        info = result == TeeResult.Success ? ReadInfo(bytes) : default;
        return result;
    }

    internal static TeeResult CrypObjRestrictUsage(uint handle, KeyUsage usage)
    {
        var frame = new SystemCallFrame { [0] = handle, [1] = (uint)usage };
        return Enter(SystemCall.CrypObjRestrictUsage, ref frame);
    }

    internal static TeeResult CrypObjGetAttr(uint handle, AttributeId attribute, Span<byte> value, out int size)
    {
        scoped var frame = new SystemCallFrame { [0] = handle, [1] = (uint)attribute };
        frame.GiveOutput(2, value);
        TeeResult result = Enter(SystemCall.CrypObjGetAttr, ref frame);
        size = frame.Size(3);
        return result;
    }

    internal static TeeResult CrypObjAlloc(ObjectType type, int maxSize, out uint handle)
    {
        var frame = new SystemCallFrame { [0] = (uint)type, [1] = unchecked((ulong)maxSize) };
        TeeResult result = Enter(SystemCall.CrypObjAlloc, ref frame);
        handle = frame.UInt32(2);
        return result;
    }

    internal static TeeResult CrypObjClose(uint handle)
    {
        var frame = new SystemCallFrame { [0] = handle };
        return Enter(SystemCall.CrypObjClose, ref frame);
    }

    internal static TeeResult CrypObjReset(uint handle)
    {
        var frame = new SystemCallFrame { [0] = handle };
        return Enter(SystemCall.CrypObjReset, ref frame);
    }

    internal static TeeResult CrypObjPopulate(uint handle, ReadOnlySpan<byte> attributes)
    {
        scoped var frame = new SystemCallFrame { [0] = handle };
        frame.GiveInput(1, attributes);
        return Enter(SystemCall.CrypObjPopulate, ref frame);
    }

    internal static TeeResult CrypObjCopy(uint destination, uint source)
    {
        var frame = new SystemCallFrame { [0] = destination, [1] = source };
        return Enter(SystemCall.CrypObjCopy, ref frame);
    }

    internal static TeeResult CrypObjGenerateKey(uint handle, int size, ReadOnlySpan<byte> parameters)
    {
        scoped var frame = new SystemCallFrame { [0] = handle, [1] = unchecked((ulong)size) };
        frame.GiveInput(2, parameters);
        return Enter(SystemCall.CrypObjGenerateKey, ref frame);
    }

    internal static TeeResult MemoryAlloc(int size, out uint memory)
    {
        var frame = new SystemCallFrame { [0] = unchecked((ulong)size) };
        TeeResult result = Enter(SystemCall.MemoryAlloc, ref frame);
        memory = frame.UInt32(1);
        return result;
    }

    internal static TeeResult MemoryFree(uint memory)
    {
        var frame = new SystemCallFrame { [0] = memory };
        return Enter(SystemCall.MemoryFree, ref frame);
    }

    internal static Span<byte> View(uint memory) => Entry.View(memory);

    internal static TeeResult RestrictedClaim(int parameter, ReadOnlySpan<byte> readers) => Label(SystemCall.RestrictedClaim, parameter, readers);

    internal static TeeResult RestrictedLabel(int parameter, ReadOnlySpan<byte> consumers) => Label(SystemCall.RestrictedLabel, parameter, consumers);

    private static TeeResult Label(SystemCall call, int parameter, ReadOnlySpan<byte> who)
    {
        scoped var frame = new SystemCallFrame { [0] = (uint)parameter };
        frame.GiveInput(1, who);
        return Enter(call, ref frame);
    }

    private static TeeObjectInfo ReadInfo(ReadOnlySpan<byte> info) => new(
        (ObjectType)BinaryPrimitives.ReadUInt32LittleEndian(info),
        BinaryPrimitives.ReadInt32LittleEndian(info[4..]),
        BinaryPrimitives.ReadInt32LittleEndian(info[8..]),
        (KeyUsage)BinaryPrimitives.ReadUInt32LittleEndian(info[12..]),
        (HandleState)BinaryPrimitives.ReadUInt32LittleEndian(info[24..]));
}
