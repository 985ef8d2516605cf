using RestrictedTee.NormalWorld.Device;
using RestrictedTee.NormalWorld.Driver;
using RestrictedTee.NormalWorld.Shm;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Abi;
using RestrictedTee.SmcTransport.TaImages;
using Serilog;

namespace RestrictedTee.NormalWorld.Supplicant;

/// <summary>
/// tee-supplicant: the normal world's helper of the TEE. It serves requests off its privileged device; those are to
/// load trusted applications from a folder, and to call plug-ins.
/// </summary>
internal sealed class TeeSupplicant : IDisposable
{
    private readonly TeeDevice _device;
    private readonly TaFolder? _folder;
    private readonly PluginTable _plugins;
    private (Guid Uuid, byte[] Image)? _packed; // the size is asked for before the content is

    internal TeeSupplicant(TeeDevice device, string? taFolder, PluginTable plugins)
    {
        _device = device;
        _plugins = plugins;
        _folder = taFolder is null ? null : new TaFolder(taFolder);
        _ = _folder?.Current;
        new Thread(Serve, maxStackSize: 512 * 1024) { IsBackground = true, Name = "tee-supplicant" }.Start();
    }

    /// <summary>What the folder has, and what is wrong in it.</summary>
    internal TaCatalogue? Catalogue => _folder?.Current;

    public void Dispose() => _device.Dispose();

    private void Serve()
    {
        while (true)
        {
            SupplicantRequest request;
            try
            {
                request = _device.ReceiveRequest();
            }
            catch (TeeDriverException)
            {
                return; // the device has been closed, or the secure world has gone
            }

            TeeIoctlParam[] parameters = [.. request.Parameters];
            TeecResult result = TeecResult.NotSupported;
            try
            {
                result = (OpteeRpcCommand)request.Function switch
                {
                    OpteeRpcCommand.LoadTa => LoadTa(parameters, request),
                    OpteeRpcCommand.SuppPlugin => _plugins.Serve(parameters, request),
                    _ => TeecResult.NotSupported,
                };
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                Log.Warning("Supplicant: request {Function} failed: {Reason}", request.Function, e.Message);
                result = TeecResult.Generic;
            }

            try
            {
                _device.SendResponse(result, parameters);
            }
            catch (TeeDriverException)
            {
                return;
            }
        }
    }

    private TeecResult LoadTa(TeeIoctlParam[] parameters, SupplicantRequest request)
    {
        IReadOnlyList<ShmBlock?> memory = request.Memory;
        if (parameters.Length != 2 || parameters[0].Type != (uint)OpteeMsgAttr.ValueInput || parameters[1].Type != (uint)OpteeMsgAttr.RmemOutput)
            return TeecResult.BadParameters;
        Guid uuid = UuidOctets.Read(new OpteeMsgParam { A = parameters[0].A, B = parameters[0].B });
        if (memory[1] is null && _folder?.IsCurrent(uuid, parameters[0].C) == true)
        {
            parameters[1].B = 0;
            return TeecResult.Success;
        }

        // The content is that whose size was told, whatever has become of the file meanwhile.
        byte[]? image = memory[1] is not null && _packed is { } packed && packed.Uuid == uuid ? packed.Image : _folder?.TryPack(uuid);
        if (image is null)
            return TeecResult.ItemNotFound;
        ulong room = parameters[1].B;
        parameters[1].B = (ulong)image.Length;
        if (memory[1] is null || room < (ulong)image.Length)
        {
            _packed = (uuid, image);
            return TeecResult.ShortBuffer;
        }

        _packed = null;
        return request.TryWrite(1, image) ? TeecResult.Success : TeecResult.Communication;
    }
}
