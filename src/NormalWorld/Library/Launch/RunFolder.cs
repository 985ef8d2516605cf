using Microsoft.Win32.SafeHandles;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.SmcTransport.Interop;

namespace RestrictedTee.NormalWorld.Launch;

/// <summary>
/// The run folder of one instance: its sockets and logs, for this user alone. A lock file that is held open says that the
/// instance lives; what a dead one left behind is cleared away. The folder itself is held open too, so that an instance
/// whose folder was removed under it neither touches nor removes that of its successor.
/// </summary>
public sealed class RunFolder : IDisposable
{
    /// <summary>The instance name that <c>rtee up</c> takes and clients look for when none is given.</summary>
    public const string DefaultName = "default";

    private const uint OwnerOnly = 0b111_000_000; // 0700
    private const uint OwnerReadWrite = 0b110_000_000; // 0600
    private const string LockName = "lock", BootName = "boot", TeeName = "tee";
    private const int MaxSocketPath = 107; // sockaddr_un.sun_path, less its terminator

    private readonly string _name;
    private readonly OpenFolder _folder;
    private readonly SafeFileHandle _lock;

    private RunFolder(string name, OpenFolder folder, SafeFileHandle held)
    {
        _name = name;
        _folder = folder;
        _lock = held;
        Path = System.IO.Path.Combine(Root, name);
    }

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>Whether the folder was removed, or another put in its place: clients do not find the instance any more.</summary>
    public bool IsLost => OpenFolder.IdentityOfPath(Path) != _folder.Identity;

    internal string BootSocket => System.IO.Path.Combine(Path, BootName);

    /// <summary>
    /// Where this instance listens for its secure world, and for clients: in the folder that it holds, whatever lies at its path
    /// by now. A listener that is disposed removes the name that it was given, and must not remove a successor's.
    /// </summary>
    internal string OwnBootSocket => _folder.PathOf(BootName);

    /// <inheritdoc cref="OwnBootSocket"/>
    internal string OwnTeeSocket => _folder.PathOf(TeeName);

    internal string SecureLog => System.IO.Path.Combine(Path, "secure.log");

    /// <summary>Where the run folders of this user lie: RTEE_RUN_DIR, else below XDG_RUNTIME_DIR, else below the temporary folder.</summary>
    public static string Root => RunRoot.Path;

    /// <summary>The socket at which the instance of that name serves clients.</summary>
    /// <exception cref="TeeLaunchException">It is no name, or the folder is not this user's, so that a stranger may serve there.</exception>
    public static string SocketOf(string name)
    {
        string path = System.IO.Path.Combine(Root, Checked(name), TeeName);
        using OpenFolder? root = RunRoot.TryOpen();
        if (root?.IdentityOf(name) is not null)
            RunRoot.OpenInstance(root, name, makePrivate: false).Dispose();
        return path;
    }

    /// <summary>Takes the folder of an instance.</summary>
    /// <exception cref="TeeLaunchException">An instance of that name is running, or the folder cannot be made or trusted.</exception>
    public static RunFolder Acquire(string name)
    {
        const int Attempts = 10; // an instance that ends takes the folder away under us, at most now and then
        string path = System.IO.Path.Combine(Root, Checked(name));
        if (System.IO.Path.Combine(path, BootName).Length > MaxSocketPath)
            throw new TeeLaunchException($"The run folder '{path}' is too long for a socket; set RTEE_RUN_DIR to a shorter one.");
        using OpenFolder root = RunRoot.OpenOrMake();
        SweepDead(root);
        for (int i = 0; i < Attempts; i++)
        {
            if (TryAcquire(root, name, path) is { } folder)
                return folder;
        }

        throw Running(name, path);
    }

    /// <summary>Gives the folder up and removes it, if it is still the one.</summary>
    public void Dispose()
    {
        try
        {
            Clear(_folder);
            using OpenFolder? root = IsLost ? null : RunRoot.TryOpen();
            if (root?.IdentityOf(_name) == _folder.Identity)
                root.RemoveChild(_name);
        }
        catch (Exception e) when (e is IOException or TeeLaunchException)
        {
            // Somebody has put something of his own into it; the next instance of this name takes the folder over.
        }

        _folder.Dispose();
        _lock.Dispose();
    }

    /// <returns>Null when it was taken away meanwhile by an instance that ended.</returns>
    private static RunFolder? TryAcquire(OpenFolder root, string name, string path)
    {
        OpenFolder? folder = null;
        SafeFileHandle? held = null;
        try
        {
            root.MakeChild(name, OwnerOnly);
            folder = RunRoot.OpenInstance(root, name, makePrivate: true);
            held = folder.OpenFile(LockName, OwnerReadWrite);
            if (!OpenFolder.TryLock(held))
                throw Running(name, path);
            if (root.IdentityOf(name) != folder.Identity || folder.IdentityOf(LockName) != OpenFolder.IdentityOf(held))
                return null;
            folder.Unlink(BootName);
            folder.Unlink(TeeName);
            var taken = new RunFolder(name, folder, held);
            (folder, held) = (null, null);
            return taken;
        }
        catch (IOException e)
        {
            throw RunRoot.Unusable(path, "cannot be written to", e);
        }
        finally
        {
            folder?.Dispose();
            held?.Dispose();
        }
    }

    private static TeeLaunchException Running(string name, string path) =>
        new($"An instance named '{name}' is running already (its run folder is '{path}'). Stop it, or give this one another name.");

    /// <summary>Removes what killed instances left behind: folders whose lock nobody holds.</summary>
    private static void SweepDead(OpenFolder root)
    {
        TimeSpan young = TimeSpan.FromMinutes(1); // one that is just being made has no lock yet
        foreach (string name in root.Names)
        {
            try
            {
                using OpenFolder folder = root.OpenChild(name);
                if (folder.Owner != root.Owner || folder.IdentityOf(LockName) is null)
                    continue;
                using SafeFileHandle held = folder.OpenFile(LockName, OwnerReadWrite);
                if (DateTime.UtcNow - File.GetLastWriteTimeUtc(held) < young || !OpenFolder.TryLock(held))
                    continue;
                Clear(folder);
                root.RemoveChild(name);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // No folder of an instance, or somebody else is sweeping it.
            }
        }
    }

    /// <summary>Empties a folder of what an instance puts there, which are no folders.</summary>
    private static void Clear(OpenFolder folder)
    {
        foreach (string name in folder.Names)
            folder.Unlink(name);
    }

    private static string Checked(string name) =>
        name.Length is > 0 and <= 64 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.') && name[0] != '.'
            ? name
            : throw new TeeLaunchException($"'{name}' is no instance name: use letters, digits, '-', '_' and '.'.");
}
