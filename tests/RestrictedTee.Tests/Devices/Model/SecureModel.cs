using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Abi;
using RestrictedTee.SmcTransport.Board;

namespace RestrictedTee.Tests.Devices.Model;

/// <summary>The secure side of buffers as one would explain it: who may do what, and what each buffer contains.</summary>
internal sealed class SecureModel(BoardFile board, int normalSize)
{
    internal const int Read = 1, Write = 2;

    private readonly Dictionary<ulong, ModelMapping> _mappings = [];

    internal List<ModelBuffer> Buffers { get; } = [];

    /// <summary>Mappings that live, and handles that do not.</summary>
    internal List<ulong> Handles { get; } = [];

    internal ulong LastHandle { get; private set; }

    /// <summary>What lies in normal RAM.</summary>
    internal byte[] Normal { get; } = new byte[normalSize];

    internal int Rows => board.BusMasters.Count;

    internal int AnyTa => RowOf(BusMasterNames.TrustedApp);

    internal int RowOf(string name) => board.BusMasters.ToList().FindIndex(master => master.Name == name);

    internal int RightsOf(int row, uint useCase) => (int)board.BusMasters[row].RightsTo(new UseCase(useCase));

    internal Errno? Map(ModelBuffer buffer, int row, int rights)
    {
        bool isDevice = row < Rows && board.BusMasters[row].Name is not (BusMasterNames.NormalWorldCpu or BusMasterNames.Tee or BusMasterNames.TrustedApp);
        if (!isDevice || buffer.IsFreed)
            return Errno.EINVAL;
        return rights == 0 || (rights & ~RightsOf(row, buffer.UseCase)) != 0 || buffer.Revoked.Contains(row) ? Errno.EACCES : null;
    }

    internal void AddMapping(ulong handle, ModelBuffer buffer, int row, int rights)
    {
        _mappings.Add(handle, new ModelMapping(row, buffer, rights));
        Handles.Add(handle);
        LastHandle = handle;
        buffer.Mappings++;
    }

    internal void Unmap(ulong handle)
    {
        if (!_mappings.Remove(handle, out ModelMapping? mapping))
            return;
        mapping.Buffer.Mappings--;
        Forget(mapping.Buffer);
    }

    internal void Free(ModelBuffer buffer)
    {
        buffer.IsFreed = true;
        Forget(buffer);
    }

    internal Errno? Revoke(ModelBuffer buffer, int row)
    {
        if (row >= Rows || buffer.IsFreed)
            return Errno.EINVAL;
        buffer.Revoked.Add(row);
        return null;
    }

    internal Errno? Grant(ModelBuffer buffer, int row)
    {
        if (row >= Rows || buffer.IsFreed)
            return Errno.EINVAL;
        if (RightsOf(row, buffer.UseCase) == 0)
            return Errno.EACCES;
        buffer.Revoked.Remove(row);
        return null;
    }

    /// <summary>What a device finds behind an address: whether it may use it so, and the buffer, null for normal memory.</summary>
    internal bool TryFind(int row, BusAddress address, int rights, out ModelBuffer? buffer)
    {
        buffer = null;
        if (address.Handle == 0)
            return true;
        if (!_mappings.TryGetValue(address.Handle, out ModelMapping? mapping) || mapping.Row != row || (rights & ~mapping.Rights) != 0)
            return false;
        buffer = mapping.Buffer;
        return true;
    }

    /// <summary>The bytes that a burst of a device reaches; empty when it is a bus error.</summary>
    internal Span<byte> Open(int row, BusAddress address, int length, int rights, ulong normalBase)
    {
        if (!TryFind(row, address, rights, out ModelBuffer? buffer))
            return default;
        if (buffer is not null)
            return buffer.Contains(address.Offset, length) && buffer.Lets(new Party(row), 0, (rights & Write) != 0) ? buffer.Content.AsSpan((int)address.Offset, length) : default;
        ulong at = unchecked(address.Offset - normalBase);
        return length > 0 && at < (ulong)normalSize && (ulong)length <= (ulong)normalSize - at ? Normal.AsSpan((int)at, length) : default;
    }

    /// <summary>Whether all rows of a set are single masters of the board.</summary>
    internal IReadOnlyList<Party>? Consumers(ulong bits)
    {
        int[] rows = [.. Enumerable.Range(0, 64).Where(i => (bits >> i & 1) != 0)];
        return rows.Any(row => row >= Rows || row == AnyTa) ? null : [.. rows.Select(row => new Party(row))];
    }

    private void Forget(ModelBuffer buffer)
    {
        if (buffer.IsGone)
            Buffers.Remove(buffer);
    }
}
