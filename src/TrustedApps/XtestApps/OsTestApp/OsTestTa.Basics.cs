using RestrictedTee.Contracts;
using RestrictedTee.Sdk;

namespace RestrictedTee.TrustedApps.XtestApps.OsTestApp;

/// <summary>What every TA can rely on: properties, time, memory.</summary>
public sealed partial class OsTestTa
{
    [Command(OsTest.CommandBasic)]
    public static TeeResult Basic(MemrefInput memory)
    {
        bool properties = Tee.GetProperty(PropertySet.CurrentTa, "myprop.true") is true
            && Tee.GetProperty(PropertySet.CurrentTa, "myprop.42") is 42u
            && Tee.GetProperty(PropertySet.CurrentTa, "myprop.hello") is LongText
            && Tee.GetProperty(PropertySet.CurrentTa, "gpd.ta.appID") is Guid id && id == OsTest.Uuid
            && Tee.GetProperty(PropertySet.CurrentTa, "no.such.property") is null
            && Tee.PropertyNames(PropertySet.CurrentTa).Contains("myprop.42");
        TeeTime before = Tee.SystemTime;
        bool waited = Tee.Wait(1) == TeeResult.Success;
        TeeTime after = Tee.SystemTime;
        bool time = waited && (after.Seconds, after.Millis).CompareTo((before.Seconds, before.Millis)) > 0 && Tee.ReeTime.Seconds > 1_500_000_000;
        using SecureMemory block = SecureMemory.Allocate(4 * 1024);
        bool zeroed = !block.Span.ContainsAnyExcept((byte)0);
        block.Span.Fill(0xAA);
        return properties && time && zeroed && memory.IsNormal && !memory.IsRestricted ? TeeResult.Success : TeeResult.Generic;
    }
}
