using System.Numerics;
using System.Runtime.InteropServices;
using RestrictedTee.NormalWorld.Driver;
using RestrictedTee.NormalWorld.Shm;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Abi;
using RestrictedTee.SmcTransport.Board;
using RestrictedTee.SmcTransport.NormalRam;

namespace RestrictedTee.NormalWorld.Heaps;

/// <summary>What memory that is lent for a use case must be like (OPTEE_MSG_CMD_GET_PROTMEM_CONFIG).</summary>
/// <param name="MinimumSize">The least that is lent.</param>
/// <param name="Alignment">What its address and size must be multiples of.</param>
/// <param name="Attributes">Whom it is lent to, over FF-A.</param>
internal sealed record LendConfiguration(ulong MinimumSize, ulong Alignment, uint[] Attributes)
{
    /// <summary>The part of a block that is lent; the block has room for an aligned start.</summary>
    internal PhysicalRange PartOf(ShmBlock memory, ulong size)
    {
        ulong start = (memory.Address.Value + Alignment - 1) / Alignment * Alignment;
        return PhysicalRange.Create(new PhysicalAddress(start), size);
    }

    /// <summary>Asks the secure world: first the size of the attributes, then the attributes, as upstream's driver does it.</summary>
    /// <exception cref="TeeDriverException">EINVAL: it has none, or one that makes no sense; ENODEV.</exception>
    internal static LendConfiguration Ask(OpteeDriver driver, UseCase useCase)
    {
        OpteeMessage message = Send(driver, useCase, driver.Abi.NullMemref((ulong)OpteeMsgAttr.RmemOutput));
        if ((TeecResult)message.Arg.Result != TeecResult.ShortBuffer)
            return Read(useCase, message, []);
        ulong size = message.Params[1].B;
        if (size is 0 or > PhysicalAddress.PageSize || size % sizeof(uint) != 0)
            throw new TeeDriverException(Errno.EINVAL, $"The secure world wants {size} bytes of memory attributes for {useCase}.");
        using ShmBlock buffer = driver.Shm.Allocate(size);
        ulong cookie = driver.Abi.RegisterShm(buffer.Range);
        try
        {
            message = Send(driver, useCase, new OpteeMsgParam { Attr = (ulong)OpteeMsgAttr.RmemOutput, B = size, C = cookie });
            return Read(useCase, message, MemoryMarshal.Cast<byte, uint>(buffer.Span[..(int)size]).ToArray());
        }
        finally
        {
            driver.Abi.UnregisterShm(cookie);
        }
    }

    private static OpteeMessage Send(OpteeDriver driver, UseCase useCase, OpteeMsgParam buffer)
    {
        var message = default(OpteeMessage);
        message.Arg.Command = (uint)OpteeMsgCommand.GetProtmemConfig;
        message.Arg.ParameterCount = 2;
        message.Params[0] = new OpteeMsgParam { Attr = (ulong)OpteeMsgAttr.ValueInOut, A = (uint)useCase };
        message.Params[1] = buffer;
        return driver.TryCall(ref message) ? message : throw driver.Unreached();
    }

    private static LendConfiguration Read(UseCase useCase, in OpteeMessage message, uint[] attributes)
    {
        if (message.Arg.Result != 0)
            throw new TeeDriverException(Errno.EINVAL, $"The secure world has no configuration for {useCase} ({(TeecResult)message.Arg.Result}).");
        (ulong size, ulong alignment) = (message.Params[0].A, message.Params[0].B);
        return size % PhysicalAddress.PageSize == 0 && size is not 0 and < int.MaxValue && BitOperations.IsPow2(alignment) && alignment is >= PhysicalAddress.PageSize and < int.MaxValue
            ? new LendConfiguration(size, alignment, attributes)
            : throw new TeeDriverException(Errno.EINVAL, $"The secure world wants 0x{size:x} bytes at alignment 0x{alignment:x} for {useCase}.");
    }
}
