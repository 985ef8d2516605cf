using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.Interop;
using RestrictedTee.SmcTransport.Interop;

namespace RestrictedTee.NormalWorld.Launch;

/// <summary>
/// Where the run folders of this user lie, and how such a folder is opened: it must be this user's, closed to writing by others,
/// and no link. Whoever could put something else there could have a client tell its secrets to his own server, or a server of
/// root change files elsewhere.
/// </summary>
internal static class RunRoot
{
    private const uint OwnerOnly = 0b111_000_000; // 0700
    private const uint WritableByOthers = 0b000_010_010;
    private const int Enotdir = 20;

    /// <summary>Says where run folders lie; no setting of a single TEE.</summary>
    internal const string Variable = "RTEE_RUN_DIR";

    private static string? Chosen => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } own ? own : null;

    /// <summary>
    /// RTEE_RUN_DIR, else below XDG_RUNTIME_DIR if that is this user's, else below the temporary folder, by the user's id outside of a
    /// user namespace: there everybody is user 0 inside, whose folder is that of the machine's root.
    /// </summary>
    internal static string Path
    {
        get
        {
            if (Chosen is { } chosen)
                return System.IO.Path.GetFullPath(chosen);
            return Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR") is { Length: > 0 } runtime && IsOwn(runtime)
                ? System.IO.Path.Combine(runtime, "restricted-tee")
                : System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"restricted-tee-{IdOutside(NormalWorld.Interop.Libc.GetEUid())}");
        }
    }

    /// <summary>What a user id is in the namespace around this process's own (user_namespaces(7)); the same where there is none around it.</summary>
    private static long IdOutside(uint id)
    {
        foreach (string line in File.ReadLines("/proc/self/uid_map"))
        {
            long[] range = [.. line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(long.Parse)]; // first inside, first outside, how many
            if (id >= range[0] && id - range[0] < range[2])
                return range[1] + (id - range[0]);
        }

        return id;
    }

    /// <summary>Opens it, made if there is none.</summary>
    /// <exception cref="TeeLaunchException">It cannot be made, or is not to be trusted; the message says why and what to do.</exception>
    internal static OpenFolder OpenOrMake()
    {
        string path = Path;
        try
        {
            if (Chosen is not null && System.IO.Path.GetDirectoryName(path) is { } parent)
                Directory.CreateDirectory(parent);
            OpenFolder.Make(path, OwnerOnly);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unusable(path, "cannot be made", e);
        }

        return OpenTrusted(() => OpenFolder.Open(path), path, makePrivate: Chosen is null);
    }

    /// <summary>Opens it, or says that there is none.</summary>
    /// <exception cref="TeeLaunchException">It is not to be trusted.</exception>
    internal static OpenFolder? TryOpen() => OpenFolder.IdentityOfPath(Path) is null ? null : OpenTrusted(() => OpenFolder.Open(Path), Path, makePrivate: false);

    /// <summary>Opens a folder in it.</summary>
    /// <exception cref="TeeLaunchException">It cannot be opened, or is not to be trusted.</exception>
    internal static OpenFolder OpenInstance(OpenFolder root, string name, bool makePrivate) =>
        OpenTrusted(() => root.OpenChild(name), System.IO.Path.Combine(Path, name), makePrivate);

    internal static TeeLaunchException Unusable(string path, string what, Exception cause) =>
        new($"The run folder '{path}' {what}: {cause.Message} Set RTEE_RUN_DIR to a folder that you can write to.", cause);

    private static OpenFolder OpenTrusted(Func<OpenFolder> open, string path, bool makePrivate)
    {
        OpenFolder folder;
        try
        {
            folder = open();
        }
        catch (IOException e) when (e.HResult is SmcTransport.Interop.Libc.ELOOP or Enotdir)
        {
            throw new TeeLaunchException($"The run folder '{path}' is a link or a file, and no folder. Remove it, or set RTEE_RUN_DIR to a folder of your own.", e);
        }
        catch (IOException e)
        {
            throw Unusable(path, "cannot be opened", e);
        }

        try
        {
            if (folder.Owner != NormalWorld.Interop.Libc.GetEUid())
                throw new TeeLaunchException($"The run folder '{path}' belongs to user {folder.Owner}, who could read what is said there. Set RTEE_RUN_DIR to a folder of your own.");
            if (makePrivate && folder.Mode != OwnerOnly)
                folder.SetMode(OwnerOnly);
            else if ((folder.Mode & WritableByOthers) != 0)
                throw new TeeLaunchException($"Others may write to the run folder '{path}' (mode {Convert.ToString(folder.Mode, 8)}). Close it to them (chmod go-w), or set RTEE_RUN_DIR to a folder of your own.");
            return folder;
        }
        catch (IOException e)
        {
            folder.Dispose();
            throw Unusable(path, "cannot be closed to others", e);
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    private static bool IsOwn(string path)
    {
        try
        {
            using OpenFolder folder = OpenFolder.Open(path);
            return folder.Owner == NormalWorld.Interop.Libc.GetEUid();
        }
        catch (IOException)
        {
            return false;
        }
    }
}
