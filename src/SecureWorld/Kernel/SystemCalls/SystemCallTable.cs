using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Firewall;
using RestrictedTee.SecureWorld.Kernel.Sessions;
using RestrictedTee.SecureWorld.Kernel.Threads;
using RestrictedTee.SecureWorld.ProtectedMemory;
using RestrictedTee.SmcTransport.Abi;

namespace RestrictedTee.SecureWorld.Kernel.SystemCalls;

/// <summary>Carries out a system call of the trusted application that is in the frame of a call stack.</summary>
internal delegate TeeResult SystemCallHandler(CallFrame caller, ref SystemCallFrame frame);

/// <summary>What the calls need of the rest of the kernel.</summary>
internal sealed record SystemCallParts(SessionManager Sessions, SecureRam SecureRam, RpcClient Rpc, FirewallRules Firewall, string Version);

/// <summary>
/// The rows of <see cref="UteeCalls"/> with what carries each out (tee_syscall_table in core/kernel/scall.c upstream). A row without a handler,
/// and a handler without a row, stop the boot.
/// </summary>
internal sealed class SystemCallTable(SystemCallParts parts) : ISystemCalls
{
    private readonly DispatchTable<SystemCallHandler> _calls = new(
        UteeCalls.Surface,
        Reach.Both,
        Handlers(parts).Select(row => KeyValuePair.Create((uint)row.Key, row.Value)),
        code => (CallFrame _, ref SystemCallFrame _) => (TeeResult)code);

    TeeResult ISystemCalls.Enter(SystemCall call, ref SystemCallFrame frame) =>
        _calls.Find((uint)call) is { } handler ? handler(CallStack.Current.Top, ref frame) : TeeResult.NotSupported;

    Span<byte> ISystemCalls.View(uint memory) => MemoryCalls.View(CallStack.Current.Top, memory);

    private static Dictionary<SystemCall, SystemCallHandler> Handlers(SystemCallParts parts)
    {
        var core = new CoreCalls(parts.Sessions);
        var properties = new PropertyCalls(parts.SecureRam.Protection, parts.Version);
        var sessions = new SessionCalls(parts.Sessions);
        var memory = new MemoryCalls(parts.SecureRam);
        var time = new TimeCalls(parts.Rpc);
        var states = new StateCalls(parts.SecureRam);
        var objects = new ObjectCalls(parts.SecureRam);
        var restricted = new RestrictedCalls(parts.Firewall);
        return new()
        {
            [SystemCall.Log] = CoreCalls.Log,
            [SystemCall.Panic] = core.Panic,
            [SystemCall.GetProperty] = properties.Get,
            [SystemCall.GetPropertyNameToIndex] = properties.NameToIndex,
            [SystemCall.OpenTaSession] = sessions.Open,
            [SystemCall.CloseTaSession] = sessions.Close,
            [SystemCall.InvokeTaCommand] = sessions.Invoke,
            [SystemCall.CheckAccessRights] = MemoryCalls.CheckAccessRights,
            [SystemCall.GetCancellationFlag] = CoreCalls.GetCancellationFlag,
            [SystemCall.UnmaskCancellation] = CoreCalls.UnmaskCancellation,
            [SystemCall.MaskCancellation] = CoreCalls.MaskCancellation,
            [SystemCall.Wait] = CoreCalls.Wait,
            [SystemCall.GetTime] = time.Get,
            [SystemCall.SetTaTime] = time.Set,
            [SystemCall.CrypStateAlloc] = states.Allocate,
            [SystemCall.CrypStateCopy] = StateCalls.Copy,
            [SystemCall.CrypStateFree] = StateCalls.Free,
            [SystemCall.HashInit] = HashCalls.Init,
            [SystemCall.HashUpdate] = HashCalls.Update,
            [SystemCall.HashFinal] = HashCalls.Final,
            [SystemCall.CipherInit] = CipherCalls.Init,
            [SystemCall.CipherUpdate] = CipherCalls.Update,
            [SystemCall.CipherFinal] = CipherCalls.Final,
            [SystemCall.CrypObjGetInfo] = ObjectCalls.GetInfo,
            [SystemCall.CrypObjRestrictUsage] = ObjectCalls.RestrictUsage,
            [SystemCall.CrypObjGetAttr] = ObjectCalls.GetAttribute,
            [SystemCall.CrypObjAlloc] = objects.Allocate,
            [SystemCall.CrypObjClose] = ObjectCalls.Close,
            [SystemCall.CrypObjReset] = ObjectCalls.Reset,
            [SystemCall.CrypObjPopulate] = ObjectCalls.Populate,
            [SystemCall.CrypObjCopy] = ObjectCalls.Copy,
            [SystemCall.CrypDeriveKey] = AsymmetricCalls.DeriveKey,
            [SystemCall.CrypRandomNumberGenerate] = StateCalls.GenerateRandom,
            [SystemCall.AuthencInit] = AuthencCalls.Init,
            [SystemCall.AuthencUpdateAad] = AuthencCalls.UpdateAad,
            [SystemCall.AuthencUpdatePayload] = AuthencCalls.UpdatePayload,
            [SystemCall.AuthencEncFinal] = AuthencCalls.EncryptFinal,
            [SystemCall.AuthencDecFinal] = AuthencCalls.DecryptFinal,
            [SystemCall.AsymmOperate] = AsymmetricCalls.Operate,
            [SystemCall.AsymmVerify] = AsymmetricCalls.Verify,
            [SystemCall.CrypObjGenerateKey] = ObjectCalls.GenerateKey,
            [SystemCall.CacheOperation] = MemoryCalls.CacheOperation,
            [SystemCall.HashExtract] = HashCalls.Extract,
            [SystemCall.AlgorithmSupported] = StateCalls.IsSupported,
            [SystemCall.MemoryAlloc] = memory.Allocate,
            [SystemCall.MemoryFree] = MemoryCalls.Free,
            [SystemCall.RestrictedClaim] = restricted.Claim,
            [SystemCall.RestrictedLabel] = restricted.Label,
        };
    }
}
