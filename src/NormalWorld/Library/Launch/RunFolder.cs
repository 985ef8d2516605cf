using System.Net.Sockets;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.Interop;

namespace RestrictedTee.NormalWorld.Launch;

/// <summary>
/// The run folder of one instance: its sockets and logs, for this user alone. A lock file that is held open says that the
/// instance lives; what a dead one left behind is cleared away.
/// </summary>
public sealed class RunFolder : IDisposable
{
    /// <summary>The instance name that <c>rtee up</c> takes and clients look for when none is given.</summary>
    public const string DefaultName = "default";

    private const uint OwnerOnly = 0b111_000_000; // 0700
    private const int MaxSocketPath = 107; // sockaddr_un.sun_path, less its terminator

    private readonly FileStream _lock;

    private RunFolder(string path, FileStream held)
    {
        Path = path;
        _lock = held;
    }

    /// <summary>The folder.</summary>
    public string Path { get; }

    internal string BootSocket => System.IO.Path.Combine(Path, "boot");

    internal string TeeSocket => System.IO.Path.Combine(Path, "tee");

    internal string SecureLog => System.IO.Path.Combine(Path, "secure.log");

    /// <summary>Where the run folders of this user lie: RTEE_RUN_DIR, else below XDG_RUNTIME_DIR, else below the temporary folder.</summary>
    public static string Root
    {
        get
        {
            if (Environment.GetEnvironmentVariable("RTEE_RUN_DIR") is { Length: > 0 } own)
                return own;
            return Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR") is { Length: > 0 } runtime && Directory.Exists(runtime)
                ? System.IO.Path.Combine(runtime, "restricted-tee")
                : System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"restricted-tee-{Libc.GetEUid()}");
        }
    }

    /// <summary>The socket at which the instance of that name serves clients.</summary>
    public static string SocketOf(string name) => System.IO.Path.Combine(Root, Checked(name), "tee");

    /// <summary>Takes the folder of an instance.</summary>
    /// <exception cref="TeeLaunchException">An instance of that name is running, or the folder cannot be made.</exception>
    public static RunFolder Acquire(string name)
    {
        string path = System.IO.Path.Combine(Root, Checked(name));
        if (System.IO.Path.Combine(path, "boot").Length > MaxSocketPath)
            throw new TeeLaunchException($"The run folder '{path}' is too long for a socket; set RTEE_RUN_DIR to a shorter one.");
        SweepDead();
        try
        {
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            if (Libc.Chmod(path, OwnerOnly) != 0)
                throw new TeeLaunchException($"The run folder '{path}' belongs to somebody else; set RTEE_RUN_DIR to one of your own.");
            var held = new FileStream(System.IO.Path.Combine(path, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            var folder = new RunFolder(path, held);
            File.Delete(folder.BootSocket);
            File.Delete(folder.TeeSocket);
            return folder;
        }
        catch (UnauthorizedAccessException e)
        {
            throw new TeeLaunchException($"The run folder '{path}' cannot be used: {e.Message}", e);
        }
        catch (IOException e)
        {
            throw new TeeLaunchException($"An instance named '{name}' is running already (its run folder is '{path}'). Stop it, or give this one another name.", e);
        }
    }

    /// <summary>Gives the folder up and removes it.</summary>
    public void Dispose()
    {
        try
        {
            Directory.Delete(Path, recursive: true);
        }
        catch (IOException)
        {
            // A log that somebody is reading; the next instance of this name takes the folder over.
        }

        _lock.Dispose();
    }

    /// <summary>Removes what killed instances left behind: folders whose lock nobody holds.</summary>
    private static void SweepDead()
    {
        TimeSpan young = TimeSpan.FromMinutes(1); // one that is just being made has no lock yet
        if (!Directory.Exists(Root))
            return;
        foreach (string folder in Directory.EnumerateDirectories(Root))
        {
            try
            {
                string file = System.IO.Path.Combine(folder, "lock");
                if (!File.Exists(file) || DateTime.UtcNow - File.GetLastWriteTimeUtc(file) < young)
                    continue;
                using var held = new FileStream(file, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
                Directory.Delete(folder, recursive: true);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It lives, or somebody else is sweeping it.
            }
        }
    }

    private static string Checked(string name) =>
        name.Length is > 0 and <= 64 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.') && name[0] != '.'
            ? name
            : throw new TeeLaunchException($"'{name}' is no instance name: use letters, digits, '-', '_' and '.'.");
}
