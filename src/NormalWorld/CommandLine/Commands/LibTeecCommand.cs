using System.CommandLine;
using RestrictedTee.CommandLine.Console;
using RestrictedTee.CommandLine.DropIn;

namespace RestrictedTee.CommandLine.Commands;

/// <summary><c>rtee libteec</c>: the drop-in library, which the script has built by now.</summary>
internal static class LibTeecCommand
{
    internal static Command Create()
    {
        var prefix = new Option<DirectoryInfo?>("--prefix") { Description = "Copy library, headers and pkg-config file to lib, include and lib/pkgconfig of this folder", HelpName = "DIR" };
        var command = new Command("libteec", "Build libteec.so.2, the TEE Client API for programs in C, and say where it lies, or install it.") { prefix };
        command.SetAction(result =>
        {
            string folder = LibTeecFolder.Find();
            if (result.GetValue(prefix) is { } destination)
            {
                Install(folder, destination.FullName);
                folder = destination.FullName;
            }

            System.Console.WriteLine($"library     {Path.Combine(folder, "lib", "libteec.so.2")}");
            System.Console.WriteLine($"headers     {Path.Combine(folder, "include")}");
            System.Console.WriteLine($"pkg-config  PKG_CONFIG_PATH={Path.Combine(folder, "lib", "pkgconfig")}");
            return ExitCodes.Success;
        });
        return command;
    }

    private static void Install(string from, string to)
    {
        foreach (string part in (ReadOnlySpan<string>)["lib", "lib/pkgconfig", "include"])
        {
            Directory.CreateDirectory(Path.Combine(to, part));
            foreach (FileInfo file in new DirectoryInfo(Path.Combine(from, part)).EnumerateFiles())
            {
                string copy = Path.Combine(to, part, file.Name);
                File.Delete(copy); // programs that run keep the one that they have
                if (file.LinkTarget is { } target)
                    File.CreateSymbolicLink(copy, target);
                else
                    file.CopyTo(copy);
            }
        }
    }
}
