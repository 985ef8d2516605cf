using System.Text;
using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Kernel.Instances;
using RestrictedTee.SecureWorld.Kernel.Sessions;
using RestrictedTee.SmcTransport.Abi;

namespace RestrictedTee.SecureWorld.Kernel.SystemCalls;

/// <summary>
/// Property access (GPD_SPE_010 section 4.4; syscall_get_property in core/tee/tee_svc.c upstream): the rows of <see cref="PropertyTable"/>,
/// and behind them a TA's own properties. Text ends with a zero byte, which counts.
/// </summary>
internal sealed class PropertyCalls
{
    private readonly Lazy<Dictionary<PropertySet, PropertyRow[]>> _sets; // few TAs ever ask

    internal PropertyCalls(MemoryProtection protection, string version) =>
        _sets = new(() => PropertyTable.Rows(protection, version).GroupBy(row => row.Set).ToDictionary(set => set.Key, set => set.ToArray()));

    internal TeeResult Get(CallFrame caller, ref SystemCallFrame frame)
    {
        if (!TryFind(caller.Session!, (PropertySet)frame.UInt32(0), frame.UInt32(1), out string name, out object value))
            return TeeResult.ItemNotFound;
        Span<byte> nameRoom = frame.Output(2), valueRoom = frame.Output(4);
        byte[] nameBytes = PropertyValue.TextOf(name);
        frame[6] = (uint)PropertyValue.TypeOf(value);
        byte[] valueBytes = PropertyValue.BytesOf(value);
        bool fits = (nameRoom.IsEmpty || nameBytes.Length <= nameRoom.Length) && (valueRoom.IsEmpty || valueBytes.Length <= valueRoom.Length);
        TeeResult result = fits ? TeeResult.Success : TeeResult.ShortBuffer;
        frame.Written(2, result, nameBytes.Length);
        frame.Written(4, result, valueBytes.Length);
        if (!fits)
            return result;
        if (!nameRoom.IsEmpty)
            nameBytes.CopyTo(nameRoom);
        if (!valueRoom.IsEmpty)
            valueBytes.CopyTo(valueRoom);
        return result;
    }

    internal TeeResult NameToIndex(CallFrame caller, ref SystemCallFrame frame)
    {
        string wanted = Encoding.UTF8.GetString(frame.Input(1).TrimEnd((byte)0));
        for (uint index = 0; TryFind(caller.Session!, (PropertySet)frame.UInt32(0), index, out string name, out _); index++)
        {
            if (name != wanted)
                continue;
            frame[3] = index;
            return TeeResult.Success;
        }

        return TeeResult.ItemNotFound;
    }

    private bool TryFind(Session session, PropertySet set, uint index, out string name, out object value)
    {
        (name, value) = ("", "");
        if (!_sets.Value.TryGetValue(set, out PropertyRow[]? rows))
            return false;
        if (index < rows.Length)
        {
            (name, value) = (rows[index].Name, rows[index].Get(session));
            return true;
        }

        IReadOnlyList<KeyValuePair<string, object>> own = session.Instance.Manifest.Properties;
        if (set != PropertySet.CurrentTa || index - rows.Length >= own.Count)
            return false;
        (name, value) = own[(int)index - rows.Length];
        return true;
    }
}
