using RestrictedTee.Contracts;
using RestrictedTee.Sdk;

namespace RestrictedTee.TrustedApps.XtestApps;

/// <summary>
/// The secure-data-path test TA: injects normal memory into a restricted buffer, transforms it there, dumps it again; itself,
/// through a second instance of itself, or through the invoke-tests pseudo TA.
/// </summary>
[TrustedApp(SdpBasic.UuidText, Flags = TaFlags.SecureDataPath | TaFlags.CacheMaintenance, Description = "SDP basic test TA")]
public sealed class SdpBasicTa : TrustedApp
{
    private TaClientSession? _self;
    private TaClientSession? _pseudo;

    [Command(SdpBasic.CommandInject)]
    public static TeeResult Inject(MemrefInput source, MemrefOutput destination)
    {
        if (destination.Size < source.Size)
            return TeeResult.ShortBuffer;
        if (!source.IsNormal || !destination.IsRestricted)
            return TeeResult.AccessDenied;
        source.Span.CopyTo(destination.Span);
        return TeeResult.Success;
    }

    [Command(SdpBasic.CommandTransform)]
    public static TeeResult Transform(MemrefInOut memory)
    {
        if (!memory.IsRestricted)
            return TeeResult.AccessDenied;
        foreach (ref byte b in memory.Span)
            b = unchecked((byte)(~b + 1));
        return TeeResult.Success;
    }

    [Command(SdpBasic.CommandDump)]
    public static TeeResult Dump(MemrefInput source, MemrefOutput destination)
    {
        if (destination.Size < source.Size)
            return TeeResult.ShortBuffer;
        if (!source.IsRestricted || !destination.IsNormal)
            return TeeResult.AccessDenied;
        source.Span.CopyTo(destination.Span);
        return TeeResult.Success;
    }

    [Command(SdpBasic.CommandInvokeInject)]
    public TeeResult InvokeInject(MemrefInput source, MemrefOutput destination) =>
        Copy(Self, SdpBasic.CommandInject, source, destination);

    [Command(SdpBasic.CommandInvokeTransform)]
    public TeeResult InvokeTransform(MemrefInOut memory) => Transform(Self, SdpBasic.CommandTransform, memory);

    [Command(SdpBasic.CommandInvokeDump)]
    public TeeResult InvokeDump(MemrefInput source, MemrefOutput destination) =>
        Copy(Self, SdpBasic.CommandDump, source, destination);

    [Command(SdpBasic.CommandPtaInject)]
    public TeeResult PtaInject(MemrefInput source, MemrefOutput destination) =>
        Copy(Pseudo, InvokeTests.CommandCopyNsecToSec, source, destination);

    [Command(SdpBasic.CommandPtaTransform)]
    public TeeResult PtaTransform(MemrefInOut memory) => Transform(Pseudo, InvokeTests.CommandReadModifySec, memory);

    [Command(SdpBasic.CommandPtaDump)]
    public TeeResult PtaDump(MemrefInput source, MemrefOutput destination) =>
        Copy(Pseudo, InvokeTests.CommandCopySecToNsec, source, destination);

    private TaClientSession Self => _self ??= TaClientSession.Open(SdpBasic.Uuid);

    private TaClientSession Pseudo => _pseudo ??= TaClientSession.Open(InvokeTests.Uuid);

    private static TeeResult Copy(TaClientSession target, uint command, MemrefInput source, MemrefOutput destination)
    {
        var operation = new TaOperation { P0 = TaParam.Input(source.Span), P1 = TaParam.Output(destination.Span) };
        TeeResult result = target.TryInvoke(command, ref operation, out _);
        destination.Size = operation.P1.Size;
        return result;
    }

    private static TeeResult Transform(TaClientSession target, uint command, MemrefInOut memory)
    {
        var operation = new TaOperation { P0 = TaParam.InOut(memory.Span) };
        return target.TryInvoke(command, ref operation, out _);
    }
}
