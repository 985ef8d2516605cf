using RestrictedTee.NormalWorld.Driver;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Abi;

namespace RestrictedTee.NormalWorld.Device.Ioctls;

/// <summary>
/// The ioctls of the supplicant. One that works on several requests says so by a first parameter of the type META, and gets the id of the
/// request in it; it answers with the same parameter (optee_supp_recv and optee_supp_send upstream).
/// </summary>
internal static class SupplicantIoctls
{
    private const ulong MetaValue = OpteeMsg.AttrMeta | (ulong)OpteeMsgAttr.ValueInOut;

    internal static void Receive(TeeFile file, ref TeeIoctlSupplicantArg argument, Span<TeeIoctlParam> room)
    {
        bool byId = CheckRoom(room);
        int meta = byId ? 1 : 0;
        SupplicantRequest request = file.Device.ReceiveRequest(room.Length - meta, byId);
        if (byId)
            room[0] = new TeeIoctlParam { Attr = MetaValue, A = (ulong)request.Id };
        request.Parameters.CopyTo(room[meta..]);
        (argument.FuncOrRet, argument.NumParams) = (request.Function, (uint)(request.Parameters.Length + meta));
    }

    internal static void Send(TeeFile file, ref TeeIoctlSupplicantArg argument, Span<TeeIoctlParam> parameters)
    {
        bool byId = parameters.Length > 0 && parameters[0].Attr == MetaValue;
        if (byId && parameters[0].A is 0 or > int.MaxValue)
            throw new TeeDriverException(Errno.ENOENT, $"There is no request {parameters[0].A}.");
        file.Device.SendResponse((TeecResult)argument.FuncOrRet, byId ? parameters[1..] : parameters, byId ? (int)parameters[0].A : 0);
    }

    /// <summary>Whether the supplicant takes ids (supp_check_recv_params upstream).</summary>
    private static bool CheckRoom(ReadOnlySpan<TeeIoctlParam> room)
    {
        if (room.IsEmpty)
            throw new TeeDriverException(Errno.EINVAL, "There is no room for parameters.");
        foreach (TeeIoctlParam param in room)
        {
            if (param.Attr is not (0 or OpteeMsg.AttrMeta))
                throw new TeeDriverException(Errno.EINVAL, $"Room for a parameter has attributes 0x{param.Attr:x}.");
        }

        return room[0].Attr == OpteeMsg.AttrMeta;
    }
}
