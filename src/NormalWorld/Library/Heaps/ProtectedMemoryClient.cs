using RestrictedTee.NormalWorld.Driver;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Abi;
using RestrictedTee.SmcTransport.Board;
using RestrictedTee.SmcTransport.NormalRam;

namespace RestrictedTee.NormalWorld.Heaps;

/// <summary>The driver's session to the pseudo TA that owns the pools.</summary>
internal sealed class ProtectedMemoryClient
{
    private readonly OpteeDriver _driver;
    private readonly uint _session;

    /// <exception cref="TeeDriverException">ENODEV: the TEE has no such pseudo TA, or has gone.</exception>
    internal ProtectedMemoryClient(OpteeDriver driver)
    {
        _driver = driver;
        var message = default(OpteeMessage);
        message.Arg.Command = (uint)OpteeMsgCommand.OpenSession;
        message.Arg.ParameterCount = 2;
        message.Params[0].Attr = OpteeMsg.AttrMeta | (ulong)OpteeMsgAttr.ValueInput;
        message.Params[1].Attr = OpteeMsg.AttrMeta | (ulong)OpteeMsgAttr.ValueInput;
        UuidOctets.Write(ref message.Params[0], ProtectedMemoryPta.Uuid);
        message.Params[1].C = KernelLogin.ReeKernel;
        if (!driver.TryCall(ref message) || message.Arg.Result != 0)
            throw new TeeDriverException(Errno.ENODEV, $"The TEE does not hand out restricted memory (0x{message.Arg.Result:x8}).");
        _session = message.Arg.Session;
    }

    /// <exception cref="TeeDriverException">ENODEV: the secure world has gone.</exception>
    internal void CheckIsThere()
    {
        if (_driver.IsGone)
            throw _driver.Unreached();
    }

    internal ulong Allocate(UseCase useCase, ulong size)
    {
        OpteeMessage message = Invoke(ProtectedMemoryPta.CommandAllocate, 4);
        message.Params[0] = Input((uint)useCase, 0);
        message.Params[1] = Input(size);
        message.Params[2].Attr = (ulong)OpteeMsgAttr.ValueOutput;
        message.Params[3].Attr = (ulong)OpteeMsgAttr.ValueOutput;
        Call(ref message, $"{size} bytes of {useCase}");
        return (message.Params[2].A << 32) | message.Params[2].B;
    }

    internal void Free(ulong cookie)
    {
        OpteeMessage message = Invoke(ProtectedMemoryPta.CommandFree, 1);
        message.Params[0] = Input(cookie);
        _driver.TryCall(ref message); // when the secure world has gone, so has the buffer
    }

    /// <summary>Has the TEE give a name to a part of a reserved pool, so that trusted applications can be given it.</summary>
    /// <exception cref="TeeDriverException">EINVAL: it lies in no reserved pool of the TEE's board; ENOMEM, ENODEV.</exception>
    internal ulong Register(PhysicalRange range)
    {
        OpteeMessage message = Invoke(ProtectedMemoryPta.CommandRegister, 3);
        message.Params[0] = Input(range.Start.Value);
        message.Params[1] = Input(range.Length);
        message.Params[2].Attr = (ulong)OpteeMsgAttr.ValueOutput;
        Call(ref message, $"{range}, which is not reserved");
        return (message.Params[2].A << 32) | message.Params[2].B;
    }

    /// <summary>Takes the name back.</summary>
    internal void Unregister(ulong cookie)
    {
        OpteeMessage message = Invoke(ProtectedMemoryPta.CommandUnregister, 1);
        message.Params[0] = Input(cookie);
        _driver.TryCall(ref message); // when the secure world has gone, so has the name
    }

    /// <summary>Keeps a buffer where it is for good, and says where that is.</summary>
    internal ulong Fix(ulong cookie)
    {
        OpteeMessage message = Invoke(ProtectedMemoryPta.CommandFix, 2);
        message.Params[0] = Input(cookie);
        message.Params[1].Attr = (ulong)OpteeMsgAttr.ValueOutput;
        Call(ref message, "a physical address");
        return (message.Params[1].A << 32) | message.Params[1].B;
    }

    /// <summary>Maps a buffer for the device that has a row of the board; returns the handle by which its descriptors name the buffer.</summary>
    /// <exception cref="TeeDriverException">EINVAL: no such buffer or device; EACCES: a rule forbids it; EOPNOTSUPP: the device cannot reach it; ENOMEM.</exception>
    internal ulong MapForDevice(ulong cookie, int row, BusRights rights)
    {
        OpteeMessage message = Invoke(ProtectedMemoryPta.CommandMap, 3);
        message.Params[0] = Input(cookie);
        message.Params[1] = Input((uint)row, (uint)rights);
        message.Params[2].Attr = (ulong)OpteeMsgAttr.ValueOutput;
        Call(ref message, "a mapping");
        return (message.Params[2].A << 32) | message.Params[2].B;
    }

    /// <summary>Ends a mapping; an access in progress ends first.</summary>
    internal void UnmapForDevice(ulong handle)
    {
        OpteeMessage message = Invoke(ProtectedMemoryPta.CommandUnmap, 1);
        message.Params[0] = Input(handle);
        _driver.TryCall(ref message); // when the secure world has gone, so has the mapping
    }

    /// <summary>Revokes a bus master's access to a buffer, or grants it again.</summary>
    /// <exception cref="TeeDriverException">EINVAL, EACCES; EBUSY: a trusted application is using it.</exception>
    internal void SetDeviceAccess(ulong cookie, int row, bool isGranted)
    {
        OpteeMessage message = Invoke(isGranted ? ProtectedMemoryPta.CommandGrant : ProtectedMemoryPta.CommandRevoke, 2);
        message.Params[0] = Input(cookie);
        message.Params[1] = Input((uint)row, 0);
        Call(ref message, "a bus master's access");
    }

    /// <summary>Tells the security module that a mapping by the CPUs was asked for. There is none to be had.</summary>
    internal void AskForCpuAccess(ulong cookie, BusRights rights)
    {
        OpteeMessage message = Invoke(ProtectedMemoryPta.CommandCpuAccess, 2);
        message.Params[0] = Input(cookie);
        message.Params[1] = Input(0, (uint)rights);
        _driver.TryCall(ref message);
    }

    internal PoolState Query(UseCase useCase)
    {
        OpteeMessage message = Invoke(ProtectedMemoryPta.CommandQueryPool, 4);
        message.Params[0] = Input((uint)useCase, 0);
        for (int i = 1; i < 4; i++)
            message.Params[i].Attr = (ulong)OpteeMsgAttr.ValueOutput;
        Call(ref message, useCase.ToString());
        return new PoolState(
            (PoolKind)message.Params[3].B == PoolKind.Static ? "static" : "dynamic",
            message.Params[1].A,
            message.Params[1].B,
            message.Params[2].A,
            (int)Math.Min(message.Params[2].B, int.MaxValue), // whatever the secure world says, it is a number
            (PoolKind)message.Params[3].B == PoolKind.Dynamic ? "not lent" : MemoryProtectionNames.Of((MemoryProtection)message.Params[3].A));
    }

    private OpteeMessage Invoke(uint command, uint parameters)
    {
        var message = default(OpteeMessage);
        message.Arg.Command = (uint)OpteeMsgCommand.InvokeCommand;
        message.Arg.Function = command;
        message.Arg.Session = _session;
        message.Arg.ParameterCount = parameters;
        return message;
    }

    private static OpteeMsgParam Input(uint a, uint b) => new() { Attr = (ulong)OpteeMsgAttr.ValueInput, A = a, B = b };

    private static OpteeMsgParam Input(ulong both) => Input((uint)(both >> 32), unchecked((uint)both));

    /// <summary>The one place where this pseudo TA's results become errno.</summary>
    private void Call(ref OpteeMessage message, string what)
    {
        if (!_driver.TryCall(ref message))
            throw _driver.Unreached();
        switch ((TeecResult)message.Arg.Result)
        {
            case TeecResult.Success:
                return;
            case TeecResult.OutOfMemory:
                throw new TeeDriverException(Errno.ENOMEM, $"No room for {what}.");
            case TeecResult.AccessDenied:
                throw new TeeDriverException(Errno.EACCES, $"The firewall forbids {what}.");
            case TeecResult.NotSupported:
                throw new TeeDriverException(Errno.EOPNOTSUPP, $"The device cannot reach {what}.");
            case TeecResult.Busy:
                throw new TeeDriverException(Errno.EBUSY, $"A trusted application is using the buffer: {what}.");
            case TeecResult.ItemNotFound or TeecResult.BadParameters:
                throw new TeeDriverException(Errno.EINVAL, $"The board has no pool for {what}.");
            default:
                throw new TeeDriverException(Errno.ENODEV, $"The TEE refused {what} with 0x{message.Arg.Result:x8}.");
        }
    }
}
