using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Kernel.Calls;
using RestrictedTee.SecureWorld.Kernel.Instances;
using RestrictedTee.SecureWorld.Kernel.Threads;
using RestrictedTee.SecureWorld.PseudoTas;
using RestrictedTee.SmcTransport.TaImages;
using Serilog;

namespace RestrictedTee.SecureWorld.TaStore;

/// <summary>
/// Where TAs come from, in this order: pseudo TAs of the core; early TAs, which ship with the secure world and are loaded once;
/// and the normal world's, which the supplicant hands over by RPC. Of those the normal world is asked each time that an instance
/// is made, as upstream loads them each time; here the code that was loaded is used again for as long as the image is the same.
/// </summary>
internal sealed class TaStorage(PseudoTaRegistry pseudoTas, string earlyTaFolder, Func<RpcClient> rpc) : ITaStore
{
    /// <summary>A loaded TA stays, so the normal world could fill the heap with ever new ones.</summary>
    private const int MaxLoaded = 256;

    /// <summary>
    /// The files of images lie on the managed heap for as long as their code lives, an older form's too: one of the largest has room, and beside them what is
    /// under way (<see cref="_images"/>, unpacked) and the sessions there may be, in 192 MiB.
    /// </summary>
    private const long MostKept = TaImage.MaxTotalSize + (16 << 20);

    private readonly KeptBytes _kept = new(MostKept);
    private readonly ImageBudget _images = new(TaImage.MaxImageSize);
    private readonly object _lock = new(); // protects _loaded and what is in it; not held while loading
    private readonly Dictionary<Guid, Loaded> _loaded = [];
    private readonly Lazy<TaCatalogue> _early = new(() => ScanEarly(earlyTaFolder));

    /// <summary>A TA that is loaded. An older one goes with its last instance, which is what refers to it.</summary>
    /// <param name="Program">Its code.</param>
    /// <param name="Stamp">That of its image; 0 for an early TA.</param>
    private sealed record Loaded(ITaProgram Program, ulong Stamp)
    {
        /// <summary>Whether it has been said that a newer one waits.</summary>
        internal bool IsOutdated { get; set; }
    }

    /// <summary>Looks through the early TAs ahead of their first use.</summary>
    internal void Warm() => _ = _early.Value;

    public TeeResult Find(Guid uuid, out ITaProgram? program)
    {
        program = pseudoTas.Find(uuid);
        if (program is not null)
            return TeeResult.Success;
        Loaded? known = Known(uuid);
        try
        {
            if (known is { Stamp: 0 })
                program = known.Program;
            else if (_early.Value.Find(uuid) is { } early)
                program = Keep(uuid, new Loaded(TaLoader.FromFile(uuid, early.AssemblyPath), 0));
            else
                return FromNormalWorld(uuid, known, out program);
            return TeeResult.Success;
        }
        catch (InsufficientMemoryException e)
        {
            Log.Warning("TA {Uuid} cannot be loaded: {Reason}", uuid, LogWords.Of(e.Message));
            return TeeResult.OutOfMemory;
        }
        catch (Exception e) when (e is not ConduitClosedException)
        {
            // The border to what the normal world, or a folder, calls a TA: whatever is wrong with it stays its own fault.
            Log.Warning("TA {Uuid} cannot be loaded: {Reason}", uuid, LogWords.Of(e.Message));
            return TeeResult.BadFormat;
        }
    }

    public void LookForNewer(ITaProgram program)
    {
        Guid uuid = program.Manifest.Uuid;
        if (program.Manifest.IsPseudo || Known(uuid) is not { Stamp: not 0 } known || known.IsOutdated || known.Program != program || !RpcClient.HasRoom)
            return;
        if (rpc().LoadTa(uuid, known.Stamp, _images, out byte[]? image) != TeeResult.Success || image is null)
            return;
        try
        {
            if (TaImage.StampOf(image) == known.Stamp)
                return;
        }
        finally
        {
            _images.GiveBack(image.Length);
        }

        lock (_lock)
            known.IsOutdated = true;
        Log.Information("TA {Uuid} is there in a newer form, which waits: its instance that lives keeps the code that it has", uuid);
    }

    private TeeResult FromNormalWorld(Guid uuid, Loaded? known, out ITaProgram? program)
    {
        program = null;
        lock (_lock)
        {
            if (known is null && _loaded.Count >= MaxLoaded)
                return TeeResult.OutOfMemory;
        }

        TeeResult result = rpc().LoadTa(uuid, known?.Stamp ?? 0, _images, out byte[]? image);
        if (result == TeeResult.ItemNotFound)
            Forget(uuid);
        if (image is null)
        {
            // It is the same, or nobody can say whether there is a newer one; gone is gone.
            program = result == TeeResult.ItemNotFound ? null : known?.Program;
            return program is null ? result : TeeResult.Success;
        }

        try
        {
            program = FromImage(uuid, image, known);
            return TeeResult.Success;
        }
        finally
        {
            _images.GiveBack(image.Length);
        }
    }

    private ITaProgram FromImage(Guid uuid, byte[] image, Loaded? known)
    {
        ulong stamp = TaImage.StampOf(image);
        if (Known(uuid) is { } same && same.Stamp == stamp)
            return same.Program;

        ITaProgram program = Keep(uuid, new Loaded(TaLoader.FromImage(uuid, image, _kept), stamp));
        if (known is not null)
            Log.Information("TA {Uuid} has been loaded anew: there was a newer one", uuid);
        return program;
    }

    private Loaded? Known(Guid uuid)
    {
        lock (_lock)
            return _loaded.GetValueOrDefault(uuid);
    }

    /// <summary>Two threads may have loaded the same image at once; the first one counts.</summary>
    private ITaProgram Keep(Guid uuid, Loaded loaded)
    {
        lock (_lock)
        {
            if (_loaded.TryGetValue(uuid, out Loaded? first) && first.Stamp == loaded.Stamp)
                return first.Program;
            _loaded[uuid] = loaded;
            return loaded.Program;
        }
    }

    private void Forget(Guid uuid)
    {
        lock (_lock)
            _loaded.Remove(uuid);
    }

    private static TaCatalogue ScanEarly(string folder)
    {
        TaCatalogue catalogue = TaCatalogue.Scan(folder);
        foreach (string problem in catalogue.Problems)
            Log.Warning("Early TAs: {Problem}", problem);
        return catalogue;
    }
}
