using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Kernel.Sessions;
using RestrictedTee.SecureWorld.Kernel.Threads;

namespace RestrictedTee.SecureWorld.Kernel.Services;

/// <summary>Time (GPD_SPE_010 chapter 7).</summary>
internal sealed class TimeServices(RpcClient rpc) : ITimeServices
{
    TeeResult ITimeServices.Wait(uint milliseconds) => CallStack.Current.Top.Operation!.Wait(milliseconds);

    TeeTime ITimeServices.GetReeTime() => rpc.GetTime();
}
