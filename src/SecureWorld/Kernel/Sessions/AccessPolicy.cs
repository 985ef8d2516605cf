using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Firewall;
using RestrictedTee.SecureWorld.Kernel.Threads;
using RestrictedTee.SecureWorld.ProtectedMemory;

namespace RestrictedTee.SecureWorld.Kernel.Sessions;

/// <summary>
/// Whether a TA may be given the memory that a call refers to (check_params upstream, with the firewall behind it). All TAs
/// may be given normal and TEE-private memory; restricted memory is the firewall's business.
/// </summary>
internal sealed class AccessPolicy(FirewallRules firewall)
{
    internal TeeResult Check(TaProgram program, CallParameters parameters)
    {
        for (int i = 0; i < ParameterTypes.Count; i++)
        {
            // A reference to no bytes grants nothing, and upstream lets it pass too.
            if (!parameters.IsMemref(i) || parameters.OwnerOf(i) is not RestrictedBuffer buffer || parameters.Slots[i].Capacity == 0)
                continue;
            // A pseudo TA takes restricted memory from TAs only (validate_in_param in core/kernel/pseudo_ta.c).
            if (program.IsPseudo && !parameters.FromTrustedApp)
                return TeeResult.BadParameters;
            if (!firewall.Allows(program.Uuid, program.Has(TaFlags.SecureDataPath), buffer, parameters.Writes(i)))
                return program.Has(TaFlags.SecureDataPath) ? TeeResult.AccessDenied : TeeResult.BadParameters;
        }

        return TeeResult.Success;
    }
}
