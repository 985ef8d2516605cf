using System.Globalization;
using Microsoft.Win32.SafeHandles;
using RestrictedTee.SecureWorld.Interop;

namespace RestrictedTee.SecureWorld.Screens;

/// <summary>
/// A file that always has one whole picture: each is written beside it, readable for this user alone, and takes its place at once. Several
/// that are given the same file each write beside it on their own, and the last has it.
/// </summary>
internal sealed class ScreenFile
{
    private const string Suffix = ".part";

    private static int s_serial;

    private readonly string _path;
    private readonly string _folder;
    private readonly string _prefix;
    private readonly string _part;

    private ScreenFile(string path)
    {
        _path = Path.GetFullPath(path);
        (_folder, _prefix) = (Path.GetDirectoryName(_path) ?? "/", $".{Path.GetFileName(_path)}.");
        _part = Path.Combine(_folder, $"{_prefix}{Environment.ProcessId}-{Interlocked.Increment(ref s_serial)}{Suffix}");
    }

    /// <exception cref="IOException">It cannot be written; the message says why.</exception>
    internal static ScreenFile Open(string path)
    {
        var file = new ScreenFile(path);
        // What takes the place of a device, a pipe or a link is not what was meant.
        if (Libc.IsOtherThanRegularFile(file._path))
            throw new IOException($"The screen cannot be written to '{path}', which is there and is no file. Choose another with --screen.");
        try
        {
            file.DeleteRemains();
            // A full disk lets files be made, so only writing tells.
            using (FileStream probe = file.CreatePart())
                probe.WriteByte(0);
            File.Delete(file._part);
            return file;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new IOException($"The screen cannot be written to '{path}': {e.Message} Choose another file with --screen.", e);
        }
    }

    /// <summary>Writes a new content.</summary>
    /// <exception cref="IOException">It cannot be; what was in the file is there still.</exception>
    internal void Replace(Action<SafeFileHandle> write)
    {
        try
        {
            using (FileStream stream = CreatePart())
                write(stream.SafeFileHandle);
            File.Move(_part, _path, overwrite: true);
        }
        catch
        {
            File.Delete(_part);
            throw;
        }
    }

    /// <summary>What those have left that were killed while they wrote.</summary>
    private void DeleteRemains()
    {
        foreach (string part in Directory.EnumerateFiles(_folder, "*" + Suffix))
        {
            string name = Path.GetFileName(part);
            if (name.StartsWith(_prefix, StringComparison.Ordinal)
                && name[_prefix.Length..^Suffix.Length].Split('-') is [var process, var serial]
                && int.TryParse(process, NumberStyles.None, CultureInfo.InvariantCulture, out int id)
                && int.TryParse(serial, NumberStyles.None, CultureInfo.InvariantCulture, out _)
                && !Directory.Exists($"/proc/{id}"))
            {
                File.Delete(part);
            }
        }
    }

    /// <summary>Made anew: what one that was killed has left is not continued, and a link is not followed.</summary>
    private FileStream CreatePart()
    {
        File.Delete(_part);
        return new FileStream(_part, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            BufferSize = 0,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
    }
}
