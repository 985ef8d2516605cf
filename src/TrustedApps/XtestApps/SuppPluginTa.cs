using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using RestrictedTee.Contracts;
using RestrictedTee.Sdk;

namespace RestrictedTee.TrustedApps.XtestApps;

/// <summary>The supp_plugin TA: the plug-in that xtest brings along for the supplicant, command by command.</summary>
[TrustedApp(SuppPlugin.UuidText)]
public sealed class SuppPluginTa : TrustedApp
{
    /// <summary>Opens if the plug-in is there.</summary>
    [OpenSession]
    public static TeeResult Open(RawParameters parameters) =>
        SupplicantPlugin.TryInvoke(SuppPlugin.Plugin.Uuid, SuppPlugin.Plugin.CommandPing, 0, data: default, out _);

    [Command(SuppPlugin.CommandPassValues)]
    public static TeeResult PassValues(ValueInOut numbers, ValueInput operation)
    {
        Span<uint> pair = [numbers.A, numbers.B];
        TeeResult result = SupplicantPlugin.TryInvoke(SuppPlugin.Plugin.Uuid, SuppPlugin.Plugin.CommandPassValues, operation.A, MemoryMarshal.AsBytes(pair), out _);
        numbers.A = pair[0];
        return result;
    }

    [Command(SuppPlugin.CommandWriteArray)]
    public static TeeResult WriteArray(MemrefInOut array, ValueOutput sum)
    {
        TeeResult result = SupplicantPlugin.TryInvoke(SuppPlugin.Plugin.Uuid, SuppPlugin.Plugin.CommandWriteArray, 0, array.Span, out _);
        if (array.Span is [byte first, ..])
            sum.A = first;
        return result;
    }

    [Command(SuppPlugin.CommandGetArray)]
    public static TeeResult GetArray(MemrefOutput array, ValueOutput length)
    {
        TeeResult result = SupplicantPlugin.TryInvoke(SuppPlugin.Plugin.Uuid, SuppPlugin.Plugin.CommandGetArray, 0, array.Span, out uint size);
        length.A = size;
        return result;
    }

    [Command(SuppPlugin.CommandBadUuid)]
    public static TeeResult BadUuid(RawParameters parameters)
    {
        Span<byte> data = stackalloc byte[32];
        using TaClientSession system = TaClientSession.Open(SystemPta.Uuid);
        var operation = new TaOperation { P0 = TaParam.Input(default), P1 = TaParam.ValueInput(0), P2 = TaParam.InOut(data), P3 = TaParam.ValueOutput() };
        return system.TryInvoke(SystemPta.CommandInvokeSupplicantPlugin, ref operation, out _);
    }

    [Command(SuppPlugin.CommandBadInputData)]
    public static TeeResult BadInputData(RawParameters parameters) =>
        SupplicantPlugin.TryInvoke(SuppPlugin.Plugin.Uuid, 0, 0, MemoryMarshal.CreateSpan(ref Unsafe.NullRef<byte>(), 10), out _);

    [Command(SuppPlugin.CommandBadInputLength)]
    public static TeeResult BadInputLength(RawParameters parameters)
    {
        Span<byte> data = stackalloc byte[32];
        return SupplicantPlugin.TryInvoke(SuppPlugin.Plugin.Uuid, 0, 0, data[..0], out _);
    }

    [Command(SuppPlugin.CommandUnknownUuid)]
    public static TeeResult UnknownUuid(RawParameters parameters) => SupplicantPlugin.TryInvoke(Guid.Empty, 0, 0, stackalloc byte[32], out _);

    /// <inheritdoc/>
    protected override TeeResult OtherCommand(TaSession session, uint command) => TeeResult.NotSupported;
}
