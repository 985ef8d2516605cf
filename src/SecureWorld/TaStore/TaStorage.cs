using System.Reflection;
using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Kernel.Instances;
using RestrictedTee.SecureWorld.Kernel.ManagedRuntime;
using RestrictedTee.SecureWorld.Kernel.Threads;
using RestrictedTee.SecureWorld.PseudoTas;
using RestrictedTee.SmcTransport.TaImages;
using Serilog;

namespace RestrictedTee.SecureWorld.TaStore;

/// <summary>
/// Where TAs come from, in this order: pseudo TAs of the core; early TAs, which ship with the secure world; and the normal
/// world's, which the supplicant hands over by RPC. A TA is loaded once; its instances come and go.
/// </summary>
internal sealed class TaStorage(PseudoTaRegistry pseudoTas, string earlyTaFolder, Func<RpcClient> rpc) : ITaStore
{
    /// <summary>A loaded TA stays, so the normal world could fill the heap with ever new ones.</summary>
    private const int MaxLoaded = 256;

    private readonly object _lock = new(); // protects _loaded; not held while loading
    private readonly Dictionary<Guid, ITaProgram> _loaded = [];
    private readonly Lazy<TaCatalogue> _early = new(() => ScanEarly(earlyTaFolder));

    /// <summary>Looks through the early TAs ahead of their first use.</summary>
    internal void Warm() => _ = _early.Value;

    public TeeResult Find(Guid uuid, out ITaProgram? program)
    {
        program = pseudoTas.Find(uuid);
        lock (_lock)
            program ??= _loaded.GetValueOrDefault(uuid);
        if (program is not null)
            return TeeResult.Success;

        TeeResult result = Load(uuid, out ITaProgram? loaded);
        if (loaded is null)
            return result;
        lock (_lock)
        {
            // Two threads may have loaded it at once; the first one counts, so that single instances stay single.
            if (!_loaded.TryGetValue(uuid, out program))
                _loaded.Add(uuid, program = loaded);
        }

        return TeeResult.Success;
    }

    /// <summary>The border to what the normal world, or a folder, calls a TA: whatever is wrong with it is BAD_FORMAT, and stays its own fault.</summary>
    private TeeResult Load(Guid uuid, out ITaProgram? program)
    {
        program = null;
        try
        {
            if (_early.Value.Find(uuid) is { } early)
            {
                program = Prepare(uuid, TaLoadContext.LoadFrom(uuid, early.AssemblyPath));
                return TeeResult.Success;
            }

            lock (_lock)
            {
                if (_loaded.Count >= MaxLoaded)
                    return TeeResult.OutOfMemory;
            }

            TeeResult result = rpc().LoadTa(uuid, out byte[] image);
            if (result != TeeResult.Success)
                return result;
            program = Prepare(uuid, TaLoadContext.LoadImage(uuid, TaImage.Unpack(image)));
            return TeeResult.Success;
        }
        catch (Exception e) when (e is not ConduitClosedException)
        {
            Log.Warning("TA {Uuid} cannot be loaded: {Exception}: {Reason}", uuid, e.GetType().Name, e.Message);
            return TeeResult.BadFormat;
        }
    }

    private static ManagedProgram Prepare(Guid uuid, Assembly assembly)
    {
        try
        {
            return ProgramOf(uuid, assembly);
        }
        catch
        {
            TaLoadContext.Discard(assembly);
            throw;
        }
    }

    private static ManagedProgram ProgramOf(Guid uuid, Assembly assembly)
    {
        Type type = assembly.GetTypes().FirstOrDefault(t => t.GetCustomAttribute<TrustedAppAttribute>() is { } header && Guid.TryParse(header.Uuid, out Guid id) && id == uuid)
            ?? throw new InvalidDataException($"assembly {assembly.GetName().Name} has no trusted application with this UUID");
        if (type.IsAbstract || !typeof(TrustedApp).IsAssignableFrom(type) || type.GetConstructor(Type.EmptyTypes) is null)
            throw new InvalidDataException($"class {type.FullName} must derive from TrustedApp and have a public constructor without parameters");
        TrustedAppAttribute header = type.GetCustomAttribute<TrustedAppAttribute>()!;
        if (header.Flags.HasFlag(TaFlags.Concurrent))
            throw new InvalidDataException($"class {type.FullName} asks for TaFlags.Concurrent, which only pseudo TAs may have");
        return new ManagedProgram(type, header, () => (TrustedApp)Activator.CreateInstance(type)!, isPseudo: false);
    }

    private static TaCatalogue ScanEarly(string folder)
    {
        TaCatalogue catalogue = TaCatalogue.Scan(folder);
        foreach (string problem in catalogue.Problems)
            Log.Warning("Early TAs: {Problem}", problem);
        return catalogue;
    }
}
