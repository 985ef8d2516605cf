using RestrictedTee.NormalWorld.Device;
using RestrictedTee.NormalWorld.Driver;
using RestrictedTee.NormalWorld.Supplicant.Sockets;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Abi;
using RestrictedTee.SmcTransport.TaImages;
using Serilog;

namespace RestrictedTee.NormalWorld.Supplicant;

/// <summary>
/// tee-supplicant: the normal world's helper of the TEE. It takes requests off its privileged device by their ids: trusted applications are loaded on
/// the thread that takes them, one after the other; what may wait for somebody else, a peer on the network or a plug-in, has a thread of its own.
/// </summary>
internal sealed class TeeSupplicant : IDisposable
{
    private readonly TeeDevice _device;
    private readonly TaFolder? _folder;
    private readonly PluginTable _plugins;
    private readonly TaLoading _loading;
    private readonly SocketTable _sockets = new();
    private readonly SocketRequests _socketRequests;
    private readonly RequestThreads _threads = new();

    internal TeeSupplicant(TeeDevice device, string? taFolder, PluginTable plugins)
    {
        _device = device;
        _plugins = plugins;
        _folder = taFolder is null ? null : new TaFolder(taFolder);
        _loading = new TaLoading(_folder);
        _socketRequests = new SocketRequests(_sockets, new HostAddresses());
        _ = _folder?.Current;
        new Thread(Serve, maxStackSize: 512 * 1024) { IsBackground = true, Name = "tee-supplicant" }.Start();
    }

    /// <summary>What the folder has, and what is wrong in it.</summary>
    internal TaCatalogue? Catalogue => _folder?.Current;

    /// <summary>How many sockets the TEE has open here.</summary>
    internal int SocketCount => _sockets.Count;

    public void Dispose()
    {
        _device.Dispose();
        _sockets.Dispose();
    }

    private void Serve()
    {
        try
        {
            while (true)
            {
                SupplicantRequest request = _device.ReceiveRequest(byId: true);
                if (!MayWait(request))
                    Answer(request);
                else if (!_threads.TryRun(() => Answer(request)))
                    Send(request, IsForSockets(request) ? SocketResults.OutOfResources : TeecResult.OutOfMemory, request.Parameters);
            }
        }
        catch (TeeDriverException)
        {
            // The device has been closed, or the secure world has gone, and its sockets with it.
            _sockets.Dispose();
        }
    }

    private static bool IsForSockets(SupplicantRequest request) => (OpteeRpcCommand)request.Function == OpteeRpcCommand.Socket;

    private static bool MayWait(SupplicantRequest request) => (OpteeRpcCommand)request.Function switch
    {
        OpteeRpcCommand.SuppPlugin => true,
        OpteeRpcCommand.Socket => SocketRequests.MayWait(request),
        _ => false,
    };

    private void Answer(SupplicantRequest request)
    {
        TeeIoctlParam[] answer = [.. request.Parameters];
        TeecResult result = TeecResult.NotSupported;
        try
        {
            result = (OpteeRpcCommand)request.Function switch
            {
                OpteeRpcCommand.LoadTa => _loading.Serve(request, answer),
                OpteeRpcCommand.Socket => _socketRequests.Serve(request, answer),
                OpteeRpcCommand.SuppPlugin => _plugins.Serve(answer, request),
                _ => TeecResult.NotSupported,
            };
        }
        catch (Exception e)
        {
            // The border of the request: whatever it was, the next one is served.
            Log.Warning("Supplicant: request {Function} failed: {Type}: {Reason}", request.Function, e.GetType().Name, e.Message);
            result = TeecResult.Generic;
        }

        if (!Send(request, result, answer) && IsForSockets(request))
            _socketRequests.TakeBack(result, answer);
    }

    /// <returns>False when nobody waits for the answer: the client has been killed, or the device has gone.</returns>
    private bool Send(SupplicantRequest request, TeecResult result, TeeIoctlParam[] answer)
    {
        try
        {
            _device.SendResponse(result, answer, request.Id);
            return true;
        }
        catch (TeeDriverException e)
        {
            Log.Debug("Supplicant: the answer to request {Function} goes nowhere: {Reason}", request.Function, e.Message);
            return false;
        }
    }
}
