using RestrictedTee.SmcTransport.TaImages;
using Serilog;

namespace RestrictedTee.NormalWorld.Supplicant;

/// <summary>
/// The folder of trusted applications as it is now. It is looked at whenever a TA is asked for, by the names, times and sizes of
/// its assemblies; what is in them is read only when those have changed.
/// </summary>
internal sealed class TaFolder(string path)
{
    private readonly object _lock = new(); // protects the fields below; files are read with it held
    private readonly Dictionary<Guid, ulong> _stamps = []; // of what is in the folder as it was seen
    private readonly HashSet<string> _told = new(StringComparer.Ordinal);
    private string _seen = "";
    private TaCatalogue? _catalogue;

    /// <summary>What the folder has, and what is wrong in it.</summary>
    internal TaCatalogue Current
    {
        get
        {
            lock (_lock)
                return Refresh();
        }
    }

    /// <summary>Says whether a stamp is that of the image which <see cref="TryPack"/> would give; false when there is none.</summary>
    /// <exception cref="IOException">A file cannot be read.</exception>
    internal bool IsCurrent(Guid uuid, ulong stamp)
    {
        lock (_lock)
        {
            if (stamp == 0 || Refresh().Find(uuid) is not { } entry)
                return false;
            if (!_stamps.TryGetValue(uuid, out ulong current))
                _stamps[uuid] = current = TaImage.StampOf(TaCatalogue.Pack(entry));
            return current == stamp;
        }
    }

    /// <summary>The image of a TA; null when the folder has none of that UUID.</summary>
    /// <exception cref="IOException">A file cannot be read.</exception>
    internal byte[]? TryPack(Guid uuid)
    {
        lock (_lock)
        {
            if (Refresh().Find(uuid) is not { } entry)
                return null;
            byte[] image = TaCatalogue.Pack(entry);
            _stamps[uuid] = TaImage.StampOf(image);
            return image;
        }
    }

    private TaCatalogue Refresh()
    {
        string now = TaCatalogue.Fingerprint(path);
        if (_catalogue is not null && now == _seen)
            return _catalogue;
        (_catalogue, _seen) = (TaCatalogue.Scan(path), now);
        _stamps.Clear();
        foreach (string problem in _catalogue.Problems)
        {
            if (_told.Add(problem))
                Log.Information("TA folder: {Problem}", problem);
        }

        return _catalogue;
    }
}
