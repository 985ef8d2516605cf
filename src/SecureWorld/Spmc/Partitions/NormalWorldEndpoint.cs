using RestrictedTee.SecureWorld.Kernel.Threads;
using RestrictedTee.SmcTransport.Abi.Ffa;
using RestrictedTee.SmcTransport.Frames;

namespace RestrictedTee.SecureWorld.Spmc.Partitions;

/// <summary>The normal world: an OS kernel with endpoint id 0 and no hypervisor. Until it says otherwise it speaks 1.0.</summary>
internal sealed class NormalWorldEndpoint() : Partition(PartitionId.NormalWorld, Guid.Empty, FfaPartitionProperties.None, FfaVersion.V1_0)
{
    internal override void Serve(ref SmcFrame frame, Partition sender, TeeThread thread) => frame.Error(FfaStatus.InvalidParameters);
}
