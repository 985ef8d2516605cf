using RestrictedTee.NormalWorld.Uapi;

namespace RestrictedTee.NormalWorld.DeviceNodes;

/// <summary>Shared memory that a client has a descriptor for; it is closed when that is.</summary>
internal sealed class ClientShm(ClientFile file, int id) : IDisposable
{
    public void Dispose()
    {
        try
        {
            file.Device.CloseShm(id);
        }
        catch (TeeDriverException)
        {
            // The device was closed first, and all its memory with it.
        }
    }
}
