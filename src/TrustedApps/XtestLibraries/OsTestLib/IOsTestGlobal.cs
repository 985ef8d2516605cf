namespace RestrictedTee.TrustedApps.OsTestLib;

/// <summary>os_test_global: a number of the TA's that both libraries change when they become part of an instance (<c>extern</c> in the original).</summary>
public interface IOsTestGlobal
{
    /// <summary>The number; 0 before anything is initialised.</summary>
    int Global { get; set; }
}
