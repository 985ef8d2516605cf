using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Firewall;
using RestrictedTee.SecureWorld.Kernel.Memory;

namespace RestrictedTee.SecureWorld.Kernel.Calls;

/// <summary>
/// The parameters of one call, validated: values, and memrefs as object, offset and length. They have addresses only between
/// <see cref="Open"/> and <see cref="Close"/>, which the call scope places around the TA's run. Reused from call to call.
/// </summary>
internal sealed class CallParameters
{
    private readonly Parameter[] _parameters = new Parameter[ParameterTypes.Count];

    /// <summary>One parameter.</summary>
    internal struct Parameter
    {
        /// <summary>value.a and value.b.</summary>
        internal uint A, B;

        /// <summary>What a memref points into; null for a null memref. A reference is held.</summary>
        internal MemoryObject? Memory;

        /// <summary>Where in the object the memref begins.</summary>
        internal ulong Offset;

        /// <summary>How many bytes there are.</summary>
        internal int Capacity;

        /// <summary>The size that goes back to the caller.</summary>
        internal int Size;

        /// <summary>Where the bytes lie in this process while the parameters are open.</summary>
        internal nint Address;

        /// <summary>The firewall's permission while the parameters are open; none for plain memory.</summary>
        internal AccessGrant Grant;
    }

    internal ParameterTypes Types { get; set; }

    /// <summary>Whether the caller is another TA, or the normal world.</summary>
    internal bool FromTrustedApp { get; set; }

    internal ref Parameter this[int index] => ref _parameters[index];

    /// <summary>Makes parameter <paramref name="index"/> a memref into a memory object and takes the reference over.</summary>
    internal void SetMemref(int index, MemoryObject memory, ulong offset, int size)
    {
        ref Parameter parameter = ref _parameters[index];
        (parameter.Memory, parameter.Offset, parameter.Capacity, parameter.Size) = (memory, offset, size, size);
    }

    /// <summary>Whether a memref points at bytes of restricted memory.</summary>
    internal bool RefersToRestricted
    {
        get
        {
            foreach (ref Parameter parameter in _parameters.AsSpan())
            {
                if (parameter.Memory is GuardedMemory && parameter.Capacity != 0)
                    return true;
            }

            return false;
        }
    }

    internal bool IsMemref(int index) => Types[index] >= ParameterType.MemrefInput;

    /// <summary>
    /// What the callee can do with the memory. An output can be read back through its span, so it asks for both.
    /// </summary>
    internal AccessRights RightsOf(int index) =>
        Types[index] == ParameterType.MemrefInput ? AccessRights.Read : AccessRights.ReadWrite;

    /// <summary>
    /// Gives every memref its address: plain memory's own, restricted memory's by a grant to one instance of <paramref name="master"/>. A
    /// reference to no bytes grants nothing and is let pass, as upstream lets it.
    /// </summary>
    /// <returns>False when the firewall refuses one; <see cref="Close"/> is due either way.</returns>
    internal bool Open(FirewallRules firewall, BusMaster master, ulong instance)
    {
        for (int i = 0; i < _parameters.Length; i++)
        {
            ref Parameter parameter = ref _parameters[i];
            if (!IsMemref(i) || parameter.Memory is null)
                continue;
            if (parameter.Memory is PlainMemory plain)
            {
                parameter.Address = plain.Address + (nint)parameter.Offset;
            }
            else if (parameter.Memory is GuardedMemory guarded && parameter.Capacity != 0)
            {
                if (!firewall.TryGrant(master, instance, guarded, parameter.Offset, parameter.Capacity, RightsOf(i), out parameter.Grant))
                    return false;
                parameter.Address = parameter.Grant.Address;
            }
        }

        return true;
    }

    /// <summary>Takes the addresses and the grants away again.</summary>
    internal void Close()
    {
        foreach (ref Parameter parameter in _parameters.AsSpan())
        {
            parameter.Address = 0;
            if (parameter.Grant.IsLive)
                parameter.Grant.Dispose();
        }
    }

    /// <summary>
    /// The open memref that holds a range of addresses and gives the rights on it; -1 when none does. A memref without bytes holds
    /// none, and none is asked of it.
    /// </summary>
    /// <param name="address">Where the range begins.</param>
    /// <param name="length">Its bytes.</param>
    /// <param name="rights">What is wanted.</param>
    /// <param name="touches">Whether the range shares a byte with any.</param>
    internal int IndexOf(nint address, int length, AccessRights rights, out bool touches)
    {
        touches = false;
        for (int i = 0; i < _parameters.Length; i++)
        {
            ref Parameter parameter = ref _parameters[i];
            if (parameter.Address == 0)
                continue;
            bool holds = address >= parameter.Address && length <= parameter.Capacity && address - parameter.Address <= parameter.Capacity - length;
            if (holds && (length == 0 || (rights & ~RightsOf(i)) == 0))
                return i;
            touches |= length != 0 && address < parameter.Address + parameter.Capacity && parameter.Address < address + length;
        }

        return -1;
    }

    /// <summary>Lets go of the memory and forgets the rest.</summary>
    internal void Reset()
    {
        Close();
        foreach (ref Parameter parameter in _parameters.AsSpan())
        {
            parameter.Memory?.Release();
            parameter = default;
        }

        Types = default;
        FromTrustedApp = false;
    }
}
