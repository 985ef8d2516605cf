using RestrictedTee.Contracts;
using RestrictedTee.Sdk;
using RestrictedTee.TrustedApps.XtestApps.CryptApp.SelfTests;

namespace RestrictedTee.TrustedApps.XtestApps.CryptApp;

/// <summary>The library's own tests: mbedTLS there, and here what stands in for it.</summary>
public sealed partial class CryptTa
{
    /// <summary>The first that does not come out as published ends them.</summary>
    [Command(Crypt.CommandMbedtlsSelfTests)]
    public static TeeResult RunSelfTests()
    {
        foreach (SelfTest test in SelfTest.All)
        {
            if (!test.Passes())
            {
                Tee.Trace(TraceLevel.Error, $"Self-test of {test.Name}: failed");
                return TeeResult.Generic;
            }
        }

        return TeeResult.Success;
    }
}
