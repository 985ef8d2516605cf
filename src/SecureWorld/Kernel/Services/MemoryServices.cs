using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Kernel.Sessions;
using RestrictedTee.SecureWorld.ProtectedMemory;

namespace RestrictedTee.SecureWorld.Kernel.Services;

/// <summary>Memory management (GPD_SPE_010 section 4.11).</summary>
internal sealed class MemoryServices(SecureRam ram) : IMemoryServices
{
    SecureMemory IMemoryServices.Allocate(int size) =>
        CallStack.Current.Top.Session!.Instance.Resources.Allocate(ram, size) ?? throw new TeeException(TeeResult.OutOfMemory, TeeOrigin.Tee);
}
