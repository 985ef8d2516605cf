using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Kernel.Sessions;
using RestrictedTee.SecureWorld.Kernel.Threads;

namespace RestrictedTee.SecureWorld.Kernel.SystemCalls;

/// <summary>Time (GPD_SPE_010 chapter 7; syscall_get_time and syscall_set_ta_time in core/tee/tee_svc.c upstream).</summary>
internal sealed class TimeCalls(RpcClient rpc)
{
    private readonly PersistentTimes _persistent = new();

    internal TeeResult Get(CallFrame caller, ref SystemCallFrame frame)
    {
        TeeResult result = TeeResult.Success;
        TeeTime time = default;
        switch ((TimeCategory)frame.UInt32(0))
        {
            case TimeCategory.System:
                time = PersistentTimes.Of(Environment.TickCount64);
                break;
            case TimeCategory.TaPersistent:
                result = _persistent.Get(caller.Session!.Instance.Manifest.Uuid, Environment.TickCount64, out time);
                break;
            case TimeCategory.Ree:
                time = rpc.GetTime();
                break;
            default:
                return TeeResult.BadParameters;
        }

        (frame[1], frame[2]) = (time.Seconds, time.Millis);
        return result;
    }

    internal TeeResult Set(CallFrame caller, ref SystemCallFrame frame) =>
        _persistent.Set(caller.Session!.Instance.Manifest.Uuid, Environment.TickCount64, new TeeTime(frame.UInt32(0), frame.UInt32(1)));
}
