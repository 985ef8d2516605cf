using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Kernel.Calls;

namespace RestrictedTee.SecureWorld.Kernel.Instances;

/// <summary>
/// Behind what an instance runs: in this process (<c>ManagedRuntime</c>), or in a process of its own. The kernel calls one
/// entry point at a time (several of a concurrent pseudo TA), with the instance's turn held and the parameters open.
/// </summary>
/// <remarks>
/// A runtime is the border to a TA: whatever the TA throws or does ends here, as a <see cref="TaReturn"/>. The one exception
/// that passes is the kernel's own, which unwinds a call whose conduit has been closed.
/// </remarks>
internal interface ITaRuntime
{
    /// <summary>TA_CreateEntryPoint.</summary>
    TaReturn Create();

    /// <summary>TA_OpenSessionEntryPoint.</summary>
    /// <param name="session">A number for the session, unique for the life of the TEE.</param>
    /// <param name="parameters">Open; results go back into them.</param>
    TaReturn OpenSession(ulong session, CallParameters parameters);

    /// <summary>TA_InvokeCommandEntryPoint.</summary>
    TaReturn Invoke(ulong session, uint command, CallParameters parameters);

    /// <summary>TA_CloseSessionEntryPoint.</summary>
    TaReturn CloseSession(ulong session);

    /// <summary>TA_DestroyEntryPoint.</summary>
    TaReturn Destroy();

    /// <summary>The instance is dead: none of its code is called again, and what the runtime keeps of it goes.</summary>
    void Kill();
}

/// <summary>How an entry point ended: with the TA's result, or with its death.</summary>
/// <param name="Result">What the TA answered.</param>
/// <param name="Death">Null while it lives; else what it died of, in words that hold nothing of the TA's data.</param>
internal readonly record struct TaReturn(TeeResult Result, string? Death = null)
{
    internal static TaReturn Died(string cause) => new(TeeResult.TargetDead, cause);
}
