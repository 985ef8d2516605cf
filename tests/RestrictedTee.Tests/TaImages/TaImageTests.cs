using System.IO.Compression;
using RestrictedTee.SmcTransport.TaImages;

namespace RestrictedTee.Tests.TaImages;

/// <summary>A TA image comes from the other world: what it says of itself is not believed.</summary>
public sealed class TaImageTests
{
    [Fact]
    public void What_is_packed_comes_out_again()
    {
        byte[] content = [1, 2, 3];

        IReadOnlyList<TaImageFile> files = TaImage.Unpack(TaImage.Pack([new TaImageFile("a.dll", content), new TaImageFile("a.pdb", [])]));

        Assert.Equal(["a.dll", "a.pdb"], files.Select(file => file.Name));
        Assert.Equal(content, files[0].Content);
    }

    [Theory]
    [InlineData(1, TaImage.MaxFileSize + 1)]
    [InlineData(3, TaImage.MaxFileSize)]
    public void A_bomb_is_refused(int files, int size) =>
        Assert.Throws<InvalidDataException>(() => TaImage.Unpack(Bomb(files, size)));

    [Fact]
    public void A_bomb_that_says_it_is_small_is_refused_before_it_takes_memory()
    {
        const int Said = 16;
        byte[] bomb = Bomb(1, 512 << 20);
        OverwriteSizes(bomb, 512 << 20, Said);
        long before = GC.GetAllocatedBytesForCurrentThread();

        try
        {
            Assert.InRange(TaImage.Unpack(bomb)[0].Content.Length, 0, Said);
        }
        catch (InvalidDataException)
        {
            // Refusing it is as good as believing no more than it said.
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4L * TaImage.MaxFileSize);
    }

    [Fact]
    public void A_small_image_that_says_it_is_large_takes_no_memory_for_it()
    {
        byte[] image = Bomb(1, 64);
        OverwriteSizes(image, 64, TaImage.MaxFileSize);
        long before = GC.GetAllocatedBytesForCurrentThread();

        try
        {
            Assert.Equal(64, TaImage.Unpack(image)[0].Content.Length);
        }
        catch (InvalidDataException)
        {
            // An archive that contradicts itself may be refused.
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void Too_many_files_are_refused() => Assert.Throws<InvalidDataException>(() => TaImage.Unpack(Bomb(TaImage.MaxFiles + 1, 1)));

    [Fact]
    public void Garbage_is_refused_with_one_exception_type()
    {
        byte[] good = TaImage.Pack([new TaImageFile("a.dll", new byte[300])]);
        var random = new Random(5);
        for (int i = 0; i < 2000; i++)
        {
            byte[] bad = (byte[])good.Clone();
            for (int n = random.Next(1, 6); n > 0; n--)
                bad[random.Next(bad.Length)] = (byte)random.Next(256);
            Exception? thrown = Record.Exception(() => TaImage.Unpack(bad[..random.Next(1, bad.Length + 1)]));
            Assert.True(thrown is null or InvalidDataException, thrown?.ToString());
        }
    }

    private static byte[] Bomb(int files, int size)
    {
        using var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            byte[] zeros = new byte[64 << 10];
            for (int i = 0; i < files; i++)
            {
                using Stream entry = archive.CreateEntry($"{i}.dll", CompressionLevel.Fastest).Open();
                for (int left = size; left > 0; left -= zeros.Length)
                    entry.Write(zeros, 0, Math.Min(left, zeros.Length));
            }
        }

        return stream.ToArray();
    }

    /// <summary>Wherever the archive says how large its content is (local headers, descriptors, directory), it says another size.</summary>
    private static void OverwriteSizes(byte[] archive, int size, int said)
    {
        byte[] pattern = BitConverter.GetBytes(size), other = BitConverter.GetBytes(said);
        for (int at = archive.AsSpan().IndexOf(pattern); at >= 0; at = archive.AsSpan().IndexOf(pattern))
            other.CopyTo(archive, at);
    }
}
