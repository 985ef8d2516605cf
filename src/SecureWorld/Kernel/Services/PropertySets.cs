using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Kernel.Sessions;
using RestrictedTee.SmcTransport.Abi;

namespace RestrictedTee.SecureWorld.Kernel.Services;

/// <summary>Property access (GPD_SPE_010 section 4.4): the rows of <see cref="PropertyTable"/>, and behind them a TA's own properties.</summary>
internal sealed class PropertySets : IPropertyServices
{
    private readonly Lazy<Dictionary<PropertySet, OrderedDictionary<string, PropertyRow>>> _sets; // few TAs ever ask

    internal PropertySets(MemoryProtection protection, string version) => _sets = new(() => Make(protection, version));

    private static Dictionary<PropertySet, OrderedDictionary<string, PropertyRow>> Make(MemoryProtection protection, string version)
    {
        Dictionary<PropertySet, OrderedDictionary<string, PropertyRow>> sets = [];
        foreach (PropertyRow row in PropertyTable.Rows(protection, version))
        {
            if (!sets.TryGetValue(row.Set, out OrderedDictionary<string, PropertyRow>? set))
                sets.Add(row.Set, set = new(StringComparer.Ordinal));
            set.Add(row.Name, row);
        }

        return sets;
    }

    object? IPropertyServices.Get(PropertySet set, string name)
    {
        Session session = CallStack.Current.Top.Session!;
        if (RowsOf(set).TryGetValue(name, out PropertyRow? row))
            return row.Get(session);
        return set == PropertySet.CurrentTa ? session.Instance.Manifest.Properties.GetValueOrDefault(name) : null;
    }

    IReadOnlyList<string> IPropertyServices.Names(PropertySet set)
    {
        Session session = CallStack.Current.Top.Session!;
        IEnumerable<string> names = RowsOf(set).Keys;
        return set == PropertySet.CurrentTa ? [.. names, .. session.Instance.Manifest.Properties.Keys] : [.. names];
    }

    private OrderedDictionary<string, PropertyRow> RowsOf(PropertySet set) =>
        _sets.Value.GetValueOrDefault(set) ?? throw new TeeException(TeeResult.ItemNotFound, TeeOrigin.Tee);
}
