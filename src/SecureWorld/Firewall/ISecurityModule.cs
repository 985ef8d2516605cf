using RestrictedTee.SmcTransport.Board;

namespace RestrictedTee.SecureWorld.Firewall;

/// <summary>What is asked of a security module: who wants to do what with which buffer.</summary>
/// <param name="Master">The bus master.</param>
/// <param name="UseCase">What the buffer is for.</param>
/// <param name="Cookie">The buffer.</param>
/// <param name="Rights">What is to be done.</param>
/// <param name="IsAllowedByBoard">Whether the static rules allow it.</param>
internal readonly record struct AccessRequest(MasterId Master, UseCase UseCase, ulong Cookie, AccessRights Rights, bool IsAllowedByBoard);

/// <summary>
/// Who decides on grants and revocations at run time (SMAF's smaf_secure: grant_access, revoke_access, allow_cpu_access). It can
/// give less than the board's static rules, or more; never more than a master's ceiling, nor anything that a claim forbids.
/// </summary>
/// <remarks>Asked by any thread, several at a time, with no lock held. It neither waits nor calls the firewall. One file, and one line in <see cref="SecurityModules"/>.</remarks>
internal interface ISecurityModule
{
    /// <summary>Whether the master may do it: a trusted application now, a device for as long as it has the buffer mapped.</summary>
    bool GrantAccess(in AccessRequest request);

    /// <summary>
    /// The master may no longer: it was revoked, a device has unmapped the buffer, or a mapping that was granted came to nothing. A device
    /// that was revoked and then unmaps is told of twice. What a trusted application was granted ends with its call, without a word.
    /// </summary>
    void RevokeAccess(in AccessRequest request);

    /// <summary>Whether the normal world's CPUs may have the buffer mapped. The answer is told; the memory stays where no mapping reaches it.</summary>
    bool AllowCpuAccess(in AccessRequest request);
}

/// <summary>The security modules of this build, by the name that a board gives ("securityModule").</summary>
internal static class SecurityModules
{
    private static readonly Dictionary<string, Func<ISecurityModule>> All = new(StringComparer.Ordinal)
    {
        [BoardFile.DefaultSecurityModule] = () => new TeeSecurityModule(),
        ["recording"] = () => new RecordingSecurityModule(),
    };

    /// <exception cref="InvalidDataException">This build has none of that name.</exception>
    internal static ISecurityModule Create(string name) => All.TryGetValue(name, out Func<ISecurityModule>? create)
        ? create()
        : throw new InvalidDataException($"The board asks for the security module '{name}'; this build has {string.Join(", ", All.Keys)}.");
}
