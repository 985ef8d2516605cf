using System.Buffers.Binary;
using System.IO.Compression;
using System.Security.Cryptography;

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
    /// <summary>The most files that an image has.</summary>
    internal const int MaxFiles = 64;

    /// <summary>The most bytes that a file of an image has.</summary>
    internal const int MaxFileSize = 16 << 20;

    /// <summary>The most bytes that all files of an image have together.</summary>
    internal const int MaxTotalSize = 32 << 20;

    /// <summary>The most bytes that an image has: those of its files, and what the archive says of them.</summary>
    internal const int MaxImageSize = MaxTotalSize + (1 << 20);

    // Inside of an archive a time must stand; this is the earliest that the format knows. The same files make the same bytes.
    private static readonly DateTimeOffset NoTime = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Packs the files; the first is the TA's assembly.</summary>
    public static byte[] Pack(IReadOnlyList<TaImageFile> files)
    {
        using var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (TaImageFile file in files)
            {
                ZipArchiveEntry entry = archive.CreateEntry(file.Name, CompressionLevel.NoCompression);
                entry.LastWriteTime = NoTime;
                using Stream content = entry.Open();
                content.Write(file.Content);
            }
        }

        return stream.ToArray();
    }

    /// <summary>
    /// What tells one image from the next of the same TA: the head of its SHA-256, and never 0. No protection: who could make up
    /// another image with the same stamp could hand over that image in the first place.
    /// </summary>
    public static ulong StampOf(ReadOnlySpan<byte> image)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(image, digest);
        return Math.Max(BinaryPrimitives.ReadUInt64LittleEndian(digest), 1);
    }

    /// <summary>Unpacks an image that came from the other world.</summary>
    /// <remarks>
    /// Sizes in the archive are what its maker wrote there. What counts is what comes out of it, and room is made only as it does.
    /// </remarks>
    /// <exception cref="InvalidDataException">It is not one, or it is too large.</exception>
    public static IReadOnlyList<TaImageFile> Unpack(byte[] image)
    {
        try
        {
            return UnpackFiles(image);
        }
        catch (Exception e) when (e is IOException or NotSupportedException or ArgumentException or OverflowException)
        {
            throw new InvalidDataException($"The TA image is not a proper archive: {e.Message}", e);
        }
    }

    private static List<TaImageFile> UnpackFiles(byte[] image)
    {
        using var archive = new ZipArchive(new MemoryStream(image, writable: false), ZipArchiveMode.Read);
        if (archive.Entries.Count is 0 or > MaxFiles)
            throw new InvalidDataException($"A TA image has 1 to {MaxFiles} files, this one has {archive.Entries.Count}.");
        var files = new List<TaImageFile>(archive.Entries.Count);
        int left = MaxTotalSize;
        foreach (ZipArchiveEntry entry in archive.Entries)
        {
            if (entry.Name.Length == 0)
                throw new InvalidDataException("A file of the TA image has no name.");
            using Stream stream = entry.Open();
            byte[] content = ReadBounded(stream, Math.Min(left, MaxFileSize));
            left -= content.Length;
            files.Add(new TaImageFile(entry.Name, content));
        }

        return files;
    }

    private static byte[] ReadBounded(Stream stream, int room)
    {
        using var content = new MemoryStream();
        byte[] piece = new byte[64 << 10];
        while (stream.Read(piece) is var count and > 0)
        {
            if (count > room - content.Length)
                throw new InvalidDataException($"The files of the TA image are too large: {MaxFileSize} bytes each, {MaxTotalSize} in all.");
            content.Write(piece, 0, count);
        }

        return content.ToArray();
    }
}
