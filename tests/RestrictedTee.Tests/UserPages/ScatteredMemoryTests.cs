using System.Security.Cryptography;
using RestrictedTee.Contracts;
using RestrictedTee.NormalWorld.Device;
using RestrictedTee.NormalWorld.Shm;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Board;
using RestrictedTee.SmcTransport.NormalRam;
using RestrictedTee.Tests.Harness;

namespace RestrictedTee.Tests.UserPages;

/// <summary>Registered memory whose pages lie in several banks, some side by side and some apart: the TEE sees one stretch.</summary>
public sealed class ScatteredMemoryTests
{
    private const int Page = 4096;

    [Theory]
    [InlineData(ConduitAbi.Smc)]
    [InlineData(ConduitAbi.Ffa)]
    public void Pages_of_neighbouring_and_of_distant_banks_are_one_stretch_to_the_tee(ConduitAbi abi)
    {
        using var tee = new InProcessTee(abi: abi);
        using var device = new TeeDevice(tee.Host, ClientIdentity.Self);
        using ShmBlock first = tee.Driver.Shm.AllocateBank(2 * Page), second = tee.Driver.Shm.AllocateBank(Page), third = tee.Driver.Shm.AllocateBank(2 * Page);
        byte[] content = new byte[4 * Page];
        new Random(11).NextBytes(content);
        content.AsSpan(0, Page).CopyTo(first.Span[Page..]);
        content.AsSpan(Page, Page).CopyTo(second.Span);
        content.AsSpan(2 * Page, Page).CopyTo(third.Span);
        content.AsSpan(3 * Page, Page).CopyTo(first.Span);
        var open = new TeeIoctlOpenSessionArg { Uuid = UuidBytes.From(Crypt.Uuid) };
        device.OpenSession(ref open, []);

        // The second half of the first bank, the second, half of the third, and the rest of the first; an odd offset in it, and the digest behind the message.
        const int Offset = 12, Length = (4 * Page) - Offset - SHA256.HashSizeInBytes;
        TeeShm shm = device.RegisterPages(
            [PageOf(first, 1), PageOf(second, 0), PageOf(third, 0), PageOf(first, 0)], Offset, (4 * Page) - Offset, new Nothing());
        var invoke = new TeeIoctlInvokeArg { Func = Crypt.CommandSha256, Session = open.Session };
        TeeIoctlParam[] parameters = [new() { Attr = 5, B = Length, C = (ulong)shm.Id }, new() { Attr = 6, A = Length, B = SHA256.HashSizeInBytes, C = (ulong)shm.Id }];
        device.Invoke(ref invoke, parameters);

        Assert.Equal(0u, invoke.Ret);
        Assert.Equal(SHA256.HashData(content.AsSpan(Offset, Length)), first.Span[(Page - SHA256.HashSizeInBytes)..Page].ToArray());
    }

    [Fact]
    public void What_lies_beyond_the_registered_bytes_of_its_last_page_is_out_of_bounds()
    {
        using var tee = new InProcessTee();
        using var device = new TeeDevice(tee.Host, ClientIdentity.Self);
        using ShmBlock block = tee.Driver.Shm.AllocateBank(Page);
        var open = new TeeIoctlOpenSessionArg { Uuid = UuidBytes.From(Crypt.Uuid) };
        device.OpenSession(ref open, []);
        TeeShm shm = device.RegisterPages([PageOf(block, 0)], 100, 200, new Nothing());

        var invoke = new TeeIoctlInvokeArg { Func = Crypt.CommandSha256, Session = open.Session };
        TeeIoctlParam[] parameters = [new() { Attr = 5, A = 1, B = 200, C = (ulong)shm.Id }];

        Assert.Equal(Errno.EINVAL, Assert.Throws<TeeDriverException>(() => device.Invoke(ref invoke, parameters)).Errno);
    }

    private static PhysicalRange PageOf(ShmBlock block, int page) => PhysicalRange.Create(block.Address + ((ulong)page * Page), Page);

    private sealed class Nothing : IDisposable
    {
        public void Dispose()
        {
        }
    }
}
