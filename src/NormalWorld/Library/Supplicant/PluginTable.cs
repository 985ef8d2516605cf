using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using RestrictedTee.NormalWorld.Driver;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Abi;
using Serilog;

namespace RestrictedTee.NormalWorld.Supplicant;

/// <summary>The plug-ins of a supplicant, and requests to them (plugin_process in tee-supplicant/src/plugin.c upstream).</summary>
internal sealed class PluginTable
{
    private readonly ConcurrentDictionary<Guid, ISupplicantPlugin> _plugins = [];

    /// <exception cref="InvalidOperationException">There is one of its UUID already.</exception>
    internal void Add(ISupplicantPlugin plugin)
    {
        if (!_plugins.TryAdd(plugin.Uuid, plugin))
            throw new InvalidOperationException($"The supplicant has a plug-in {plugin.Uuid} already.");
    }

    /// <summary>Carries out a request. Its memory is the asker's, who may give up: the plug-in works on a copy.</summary>
    internal TeecResult Serve(TeeIoctlParam[] parameters, SupplicantRequest request)
    {
        if (parameters.Length != 4
            || parameters[0].Type != (uint)OpteeMsgAttr.ValueInput
            || parameters[1].Type != (uint)OpteeMsgAttr.ValueInput
            || parameters[2].Type != (uint)OpteeMsgAttr.ValueInOut
            || parameters[3].Type != (uint)OpteeMsgAttr.RmemInOut
            || (parameters[3].B != 0 && request.Memory[3] is null))
        {
            return TeecResult.BadParameters;
        }

        if (parameters[0].A != OpteeRpc.SuppPluginInvoke)
            return TeecResult.NotSupported;
        if (!_plugins.TryGetValue(UuidOf(parameters), out ISupplicantPlugin? plugin))
            return TeecResult.ItemNotFound;
        if (request.TryRead(3) is not { } data)
            return TeecResult.Communication;
        TeecResult result = Invoke(plugin, (uint)parameters[1].C, (uint)parameters[2].A, data, out int size);
        parameters[2].B = unchecked((uint)size);
        return data.Length == 0 || request.TryWrite(3, data) ? result : TeecResult.Communication;
    }

    /// <summary>A border: what a plug-in throws ends this request and no other.</summary>
    private static TeecResult Invoke(ISupplicantPlugin plugin, uint command, uint subCommand, byte[] data, out int size)
    {
        size = 0;
        try
        {
            return plugin.Invoke(command, subCommand, data, out size);
        }
        catch (Exception e)
        {
            Log.Warning("Supplicant: plug-in {Plugin} failed in command {Command}: {Type} in {Place}", plugin.Uuid, command, e.GetType().Name, e.TargetSite?.ToString());
            return TeecResult.Generic;
        }
    }

    private static Guid UuidOf(TeeIoctlParam[] parameters)
    {
        ReadOnlySpan<uint> words = [unchecked((uint)parameters[0].B), unchecked((uint)parameters[0].C), unchecked((uint)parameters[1].A), unchecked((uint)parameters[1].B)];
        return new Guid(MemoryMarshal.AsBytes(words), bigEndian: true);
    }
}
