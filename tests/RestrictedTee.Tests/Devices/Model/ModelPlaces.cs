using RestrictedTee.SecureWorld.ProtectedMemory;
using RestrictedTee.SmcTransport.Board;

namespace RestrictedTee.Tests.Devices.Model;

/// <summary>Where buffers lie: no allocation fails for which there is room between those that cannot be moved, and these stay.</summary>
internal sealed class ModelPlaces(SecureModel model)
{
    private const int Granule = 4096;

    private readonly Dictionary<ModelBuffer, (RestrictedBuffer Real, int Fixed)> _places = [];

    internal void Add(ModelBuffer buffer, RestrictedBuffer real) => _places.Add(buffer, (real, -1));

    internal RestrictedBuffer RealOf(ModelBuffer buffer) => _places[buffer].Real;

    internal bool HasRoom(uint useCase, int size)
    {
        int needed = RoundUp(size), start = 0;
        int end = (int)ModelBench.Board.Pools.Single(pool => pool.UseCase == new UseCase(useCase)).Size;
        ModelBuffer[] buffers = [.. model.Buffers.Where(buffer => buffer.UseCase == useCase)];
        foreach (ModelBuffer stuck in buffers.Where(buffer => !buffer.IsMovable).OrderBy(buffer => RealOf(buffer).Offset))
        {
            if (Free(start, RealOf(stuck).Offset) >= needed)
                return true;
            start = RealOf(stuck).Offset + RoundUp(stuck.Content.Length);
        }

        return Free(start, end) >= needed;

        int Free(int from, int to) => to - from - buffers.Where(buffer => buffer.IsMovable && RealOf(buffer).Offset >= from && RealOf(buffer).Offset < to).Sum(buffer => RoundUp(buffer.Content.Length));
    }

    /// <summary>Every buffer has what the model says, everything else is zero, and who is kept has stayed.</summary>
    internal void Compare(ReadOnlySpan<byte> memory, uint useCase)
    {
        int at = 0;
        foreach (ModelBuffer buffer in model.Buffers.Where(buffer => buffer.UseCase == useCase).OrderBy(buffer => RealOf(buffer).Offset))
        {
            (RestrictedBuffer real, int kept) = _places[buffer];
            int offset = real.Offset;
            Assert.False(memory[at..offset].ContainsAnyExcept((byte)0), "Free memory is not zero.");
            Assert.True(memory.Slice(offset, buffer.Content.Length).SequenceEqual(buffer.Content), "A buffer has other content than the model.");
            Assert.True(buffer.IsMovable || kept < 0 || kept == offset, "A buffer that is kept in place was moved.");
            _places[buffer] = (real, buffer.IsMovable ? -1 : offset);
            at = offset + buffer.Content.Length;
        }

        Assert.False(memory[at..].ContainsAnyExcept((byte)0), "Free memory is not zero.");
    }

    internal static int RoundUp(int size) => (size + Granule - 1) / Granule * Granule;
}
