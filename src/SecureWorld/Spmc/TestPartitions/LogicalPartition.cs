using RestrictedTee.Contracts;
using RestrictedTee.SecureWorld.Kernel.Threads;
using RestrictedTee.SmcTransport.Abi.Ffa;
using RestrictedTee.SmcTransport.Frames;

namespace RestrictedTee.SecureWorld.Spmc.TestPartitions;

/// <summary>A logical partition of the SPMC for xtest's ffa_spmc_1006: answers a request with the sum of its payload.</summary>
internal sealed class LogicalPartition(PartitionId id)
    : Partition(id, EchoPartitions.LogicalUuid, FfaPartitionProperties.ReceivesDirectRequests | FfaPartitionProperties.AArch64, FfaVersion.V1_2)
{
    /// <summary>It lives in the SPMC and has no memory of its own.</summary>
    internal override bool TakesMemory => false;

    internal override void Serve(ref SmcFrame frame, Partition sender, TeeThread thread)
    {
        uint response = frame.A0 + 1, ids = frame.A1;
        ulong mask = (response & FfaFunction.Is64Bit) != 0 ? ulong.MaxValue : uint.MaxValue;
        ulong sum = 0;
        for (int i = 3; i < 8; i++)
            sum = unchecked(sum + (frame[i] & mask)) & mask;
        frame = default;
        (frame.A0, frame.A1) = (response, (ids << 16) | (ids >> 16));
        frame[3] = sum;
    }
}
