using RestrictedTee.NormalWorld.Driver;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Abi;

namespace RestrictedTee.NormalWorld.Supplicant;

/// <summary>LOAD_TA: trusted applications from a folder. One request at a time is served.</summary>
internal sealed class TaLoading(TaFolder? folder)
{
    private (Guid Uuid, byte[] Image)? _packed; // the size is asked for before the content is

    internal TeecResult Serve(SupplicantRequest request, TeeIoctlParam[] answer)
    {
        if (answer.Length != 2 || answer[0].Type != (uint)OpteeMsgAttr.ValueInput || answer[1].Type != (uint)OpteeMsgAttr.RmemOutput)
            return TeecResult.BadParameters;
        Guid uuid = UuidOctets.Read(new OpteeMsgParam { A = answer[0].A, B = answer[0].B });
        bool hasMemory = request.Memory[1] is not null;
        if (!hasMemory && folder?.IsCurrent(uuid, answer[0].C) == true)
        {
            answer[1].B = 0;
            return TeecResult.Success;
        }

        // The content is that whose size was told, whatever has become of the file meanwhile.
        byte[]? image = hasMemory && _packed is { } packed && packed.Uuid == uuid ? packed.Image : folder?.TryPack(uuid);
        if (image is null)
            return TeecResult.ItemNotFound;
        ulong room = answer[1].B;
        answer[1].B = (ulong)image.Length;
        if (!hasMemory || room < (ulong)image.Length)
        {
            _packed = (uuid, image);
            return TeecResult.ShortBuffer;
        }

        _packed = null;
        return request.TryWrite(1, image) ? TeecResult.Success : TeecResult.Communication;
    }
}
