using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Kernel.Sessions;

namespace RestrictedTee.SecureWorld.Kernel.Services;

/// <summary>Panics and cancellation (GPD_SPE_010 sections 4.8 and 4.10).</summary>
internal sealed class OperationServices(SessionManager sessions) : IOperationServices
{
    bool IOperationServices.IsCancelled => CallStack.Current.Top.Operation!.IsCancelled;

    bool IOperationServices.Mask(bool mask) => CallStack.Current.Top.Operation!.Mask(mask);

    void IOperationServices.Panic(uint code) => sessions.Instances.MarkPanicked(CallStack.Current.Top.Session!.Instance);
}
