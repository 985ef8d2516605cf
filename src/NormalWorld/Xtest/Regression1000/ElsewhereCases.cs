using RestrictedTee.Xtest.Framework;

namespace RestrictedTee.Xtest.Regression1000;

/// <summary>The cases of the original's 1000 group that are not run here, each with its reason.</summary>
internal static class ElsewhereCases
{
    internal static readonly XtestCase[] All =
    [
        XtestCase.NotServed("regression_1015", "FS hash-tree corner cases", "there is no trusted storage yet"),
        XtestCase.NotServed("regression_1024", "Test PTA_SYSTEM_GET_TPM_EVENT_LOG Service", "there is no TPM event log; the original has the case for cores with CFG_CORE_TPM_EVENT_LOG"),
        XtestCase.NotServed("regression_1037", "Remote attestation", "there is no attestation pseudo TA"),
        XtestCase.NotServed("regression_1039", "Test subkey verification", "TAs are not signed yet"),
        XtestCase.NotApplicable("regression_1041", "Test fTPM sanity", "a native TA"),
    ];
}
