using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Firewall;
using RestrictedTee.SecureWorld.Kernel.Calls;
using RestrictedTee.SecureWorld.Kernel.Memory;

namespace RestrictedTee.SecureWorld.Kernel.ManagedRuntime;

/// <summary>Turns open call parameters into the slots that a TA's views lie over, and takes its results back.</summary>
internal static class SlotBinding
{
    internal static void Fill(Span<ParameterSlot> slots, CallParameters parameters)
    {
        for (int i = 0; i < slots.Length; i++)
        {
            ref CallParameters.Parameter parameter = ref parameters[i];
            slots[i] = new ParameterSlot
            {
                Index = i,
                A = parameter.A,
                B = parameter.B,
                Address = parameter.Address,
                Capacity = parameter.Capacity,
                Size = parameter.Size,
                IsNull = parameter.Memory is null,
                IsRestricted = parameter.Memory is GuardedMemory,
                IsNormal = parameter.Memory is SharedMemory,
            };
        }
    }

    internal static void TakeResults(ReadOnlySpan<ParameterSlot> slots, CallParameters parameters)
    {
        for (int i = 0; i < slots.Length; i++)
        {
            ref CallParameters.Parameter parameter = ref parameters[i];
            (parameter.A, parameter.B, parameter.Size) = (slots[i].A, slots[i].B, slots[i].Size);
        }
    }
}
