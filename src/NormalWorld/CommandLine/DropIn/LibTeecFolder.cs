using RestrictedTee.NormalWorld.Client;

namespace RestrictedTee.CommandLine.DropIn;

/// <summary>Where the drop-in library lies: library, headers and pkg-config file in one folder, as they are installed elsewhere.</summary>
internal static class LibTeecFolder
{
    /// <summary>Names a folder to which it was installed.</summary>
    internal const string Variable = "RTEE_LIBTEEC";

    private const string Library = "lib/libteec.so.2";

    /// <summary>Null when it is nowhere.</summary>
    internal static string? TryFind()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } chosen)
            return File.Exists(Path.Combine(chosen, Library)) ? Path.GetFullPath(chosen) : null;
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string built = Path.Combine(folder.FullName, "artifacts", "libteec");
            if (File.Exists(Path.Combine(built, Library)))
                return built;
        }

        return null;
    }

    /// <exception cref="TeeLaunchException">It is nowhere; the message says what to do.</exception>
    internal static string Find() => TryFind() ?? throw new TeeLaunchException(
        Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } chosen
            ? $"There is no {Library} in '{chosen}' ({Variable}). './rtee libteec --prefix {chosen}' puts it there."
            : $"libteec.so.2 is not built. './rtee libteec' in the clone builds it, which needs gcc or clang; or set {Variable} to the folder that it was installed to.");
}
