using System.IO.Compression;

namespace RestrictedTee.SmcTransport.TaImages;

/// <summary>One file of a TA image.</summary>
/// <param name="Name">Its file name, without a folder.</param>
/// <param name="Content">Its bytes.</param>
public sealed record TaImageFile(string Name, byte[] Content);

/// <summary>
/// What OPTEE_RPC_CMD_LOAD_TA carries here: an uncompressed zip archive of the TA's assembly (first), its symbols, and the
/// assemblies that it brings along. Upstream carries a signed ELF file in its place.
/// </summary>
public static class TaImage
{
    private const int MaxFiles = 64;
    private const long MaxFileSize = 32L << 20;

    /// <summary>Packs the files; the first is the TA's assembly.</summary>
    public static byte[] Pack(IReadOnlyList<TaImageFile> files)
    {
        using var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (TaImageFile file in files)
            {
                using Stream entry = archive.CreateEntry(file.Name, CompressionLevel.NoCompression).Open();
                entry.Write(file.Content);
            }
        }

        return stream.ToArray();
    }

    /// <summary>Unpacks an image that came from the other world.</summary>
    /// <exception cref="InvalidDataException">It is not one, or it is too large.</exception>
    public static IReadOnlyList<TaImageFile> Unpack(byte[] image)
    {
        using var archive = new ZipArchive(new MemoryStream(image, writable: false), ZipArchiveMode.Read);
        if (archive.Entries.Count is 0 or > MaxFiles)
            throw new InvalidDataException($"A TA image has 1 to {MaxFiles} files, this one has {archive.Entries.Count}.");
        var files = new List<TaImageFile>(archive.Entries.Count);
        foreach (ZipArchiveEntry entry in archive.Entries)
        {
            if (entry.Length > MaxFileSize || entry.Name.Length == 0)
                throw new InvalidDataException("A file of the TA image is too large or has no name.");
            byte[] content = new byte[entry.Length];
            using Stream stream = entry.Open();
            stream.ReadExactly(content);
            files.Add(new TaImageFile(entry.Name, content));
        }

        return files;
    }
}
