using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Crypto.Algorithms;
using RestrictedTee.SecureWorld.Kernel.Objects;
using RestrictedTee.SecureWorld.Kernel.Sessions;
using RestrictedTee.SecureWorld.ProtectedMemory;

namespace RestrictedTee.SecureWorld.Kernel.Services;

/// <summary>Transient objects (GPD_SPE_010 sections 5.5 and 5.6; syscall_cryp_obj_* in core/tee/tee_svc_cryp.c upstream).</summary>
internal sealed class ObjectServices(SecureRam ram) : IObjectServices
{
    TeeResult IObjectServices.Allocate(ObjectType type, int maxSize, out uint handle)
    {
        handle = 0;
        if (ObjectTypeTable.Find(type) is not { } row || !row.HasSize(maxSize))
            return TeeResult.NotSupported;
        InstanceResources resources = CallStack.Current.Top.Session!.Instance.Resources;
        if (resources.Allocate(ram, row.RoomOf(maxSize)) is not { } memory)
            return TeeResult.OutOfMemory;
        var key = new KeyObject(row, maxSize, memory);
        handle = resources.Objects.Add(key);
        if (handle != 0)
            return TeeResult.Success;
        key.Dispose();
        return TeeResult.OutOfMemory;
    }

    TeeResult IObjectServices.Close(uint handle)
    {
        HandleTable objects = Objects;
        if (!objects.TryFind(handle, out KeyObject? key) || key.Owner is not null)
            return TeeResult.BadParameters;
        objects.Remove(handle);
        key.Dispose();
        return TeeResult.Success;
    }

    TeeResult IObjectServices.Reset(uint handle)
    {
        if (!Objects.TryFind(handle, out KeyObject? key))
            return TeeResult.BadParameters;
        key.Reset();
        key.Owner?.ForgetKey();
        return TeeResult.Success;
    }

    TeeResult IObjectServices.Populate(uint handle, ReadOnlySpan<byte> attributes) =>
        Objects.TryFind(handle, out KeyObject? key) ? key.Populate(attributes) : TeeResult.ItemNotFound;

    TeeResult IObjectServices.Copy(uint destination, uint source)
    {
        HandleTable objects = Objects;
        return objects.TryFind(destination, out KeyObject? to) && objects.TryFind(source, out KeyObject? from) ? to.CopyFrom(from) : TeeResult.BadParameters;
    }

    TeeResult IObjectServices.GetInfo(uint handle, out TeeObjectInfo info)
    {
        bool found = Objects.TryFind(handle, out KeyObject? key);
        info = found ? key!.Info : default;
        return found ? TeeResult.Success : TeeResult.BadParameters;
    }

    TeeResult IObjectServices.RestrictUsage(uint handle, KeyUsage usage)
    {
        if (!Objects.TryFind(handle, out KeyObject? key))
            return TeeResult.BadParameters;
        key.RestrictUsage(usage);
        return TeeResult.Success;
    }

    TeeResult IObjectServices.GetAttribute(uint handle, AttributeId attribute, Span<byte> value, out int size)
    {
        size = 0;
        return Objects.TryFind(handle, out KeyObject? key) ? key.Read(attribute, value, out size) : TeeResult.BadParameters;
    }

    TeeResult IObjectServices.GenerateKey(uint handle, int size, ReadOnlySpan<byte> parameters) =>
        Objects.TryFind(handle, out KeyObject? key) ? key.Generate(size, parameters) : TeeResult.ItemNotFound;

    private static HandleTable Objects => CallStack.Current.Top.Session!.Instance.Resources.Objects;
}
