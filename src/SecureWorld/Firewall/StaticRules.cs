using RestrictedTee.SmcTransport.Board;

namespace RestrictedTee.SecureWorld.Firewall;

/// <summary>The rules that the board sets once: who may do what with the buffers of which use case. Who is not there may nothing.</summary>
internal sealed class StaticRules
{
    private readonly Dictionary<MasterId, Row> _rows = [];
    private readonly Row? _anyTrustedApp;

    internal StaticRules(BoardFile board)
    {
        Masters = [.. board.BusMasters.Select(IdOf)];
        for (int i = 0; i < Masters.Count; i++)
        {
            BusMasterRow master = board.BusMasters[i];
            var row = new Row(master, [.. master.Rights.Select(right => (right.Key, (AccessRights)right.Value))]);
            if (master.Name == BusMasterNames.TrustedApp && master.TrustedApp is null)
                _anyTrustedApp = row;
            else
                _rows.Add(Masters[i], row);
        }
    }

    /// <summary>The bus masters in the order of the board's rows, by whose index the worlds speak of them.</summary>
    internal IReadOnlyList<MasterId> Masters { get; }

    /// <summary>Whether a row is that of one master, and not of every trusted application.</summary>
    internal bool IsSingle(int index) => Masters[index] != MasterId.AnyTrustedApp;

    /// <summary>The board's row of a master; null when it has none.</summary>
    internal BusMasterRow? Find(MasterId master) => FindRow(master)?.Master;

    internal AccessRights RightsOf(MasterId master, UseCase useCase)
    {
        if (FindRow(master) is not { } row)
            return AccessRights.None;
        foreach ((UseCase given, AccessRights rights) in row.Rights)
        {
            if (given == useCase)
                return rights;
        }

        return AccessRights.None;
    }

    private Row? FindRow(MasterId master) =>
        _rows.TryGetValue(master, out Row? row) ? row : master.Kind == BusMasterKind.TrustedApp ? _anyTrustedApp : null;

    private static MasterId IdOf(BusMasterRow row) => row.Name switch
    {
        BusMasterNames.NormalWorldCpu => BusMaster.NormalWorldCpu.Id,
        BusMasterNames.TrustedApp => row.TrustedApp is { } uuid ? MasterId.TrustedApp(uuid) : MasterId.AnyTrustedApp,
        _ => MasterId.Device(row.Name),
    };

    private sealed record Row(BusMasterRow Master, (UseCase UseCase, AccessRights Rights)[] Rights);
}
