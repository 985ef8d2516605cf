using RestrictedTee.NormalWorld.Client;

namespace RestrictedTee.NormalWorld.Launch;

/// <summary>
/// Finds the secure world's program: where the options say, beside this program (as published), or in the build output of the
/// repository that this program was built in.
/// </summary>
internal static class SecureWorldLocator
{
    private const string Program = "RestrictedTee.SecureWorld";

    /// <summary>Both worlds must come from one build, so one in the other configuration would be refused at the handshake.</summary>
#if DEBUG
    private const string Configuration = "Debug";
#else
    private const string Configuration = "Release";
#endif

    /// <exception cref="TeeLaunchException">It is nowhere; the message says where it was looked for.</exception>
    internal static string Find(string? configured)
    {
        if (configured is not null)
            return File.Exists(configured) ? configured : throw new TeeLaunchException($"There is no secure world at '{configured}' (setting secureWorld).");
        string published = Path.Combine(AppContext.BaseDirectory, "secureworld", Program);
        if (File.Exists(published))
            return published;
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string built = Path.Combine(folder.FullName, "artifacts", "secureworld", Configuration, Program);
            if (File.Exists(built))
                return built;
        }

        throw new TeeLaunchException(
            $"The secure world's program is neither at '{published}' nor in the build output above it. Build the solution, or set secureWorld (RTEE_SECURE_WORLD).");
    }
}
