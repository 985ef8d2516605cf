using RestrictedTee.NormalWorld.Driver;
using RestrictedTee.NormalWorld.Uapi;

namespace RestrictedTee.NormalWorld.Device.Ioctls;

/// <summary>The ioctls of the supplicant.</summary>
internal static class SupplicantIoctls
{
    internal static void Receive(TeeFile file, ref TeeIoctlSupplicantArg argument, Span<TeeIoctlParam> room)
    {
        SupplicantQueue.Pending request = file.Device.ReceiveRequest();
        if (request.Parameters.Length > room.Length)
        {
            file.Device.SendResponse(TeecResult.OutOfMemory, request.Parameters);
            throw new TeeDriverException(Errno.EINVAL, $"The request has {request.Parameters.Length} parameters, there is room for {room.Length}.");
        }

        request.Parameters.CopyTo(room);
        (argument.FuncOrRet, argument.NumParams) = (request.Function, (uint)request.Parameters.Length);
    }

    internal static void Send(TeeFile file, ref TeeIoctlSupplicantArg argument, Span<TeeIoctlParam> parameters) =>
        file.Device.SendResponse((TeecResult)argument.FuncOrRet, parameters);
}
