using RestrictedTee.Sdk;
using RestrictedTee.Tests.Crypto;

namespace RestrictedTee.Tests.SystemCalls;

/// <summary>Memory of a trusted application (GPD_SPE_010 section 4.11).</summary>
public sealed class TaMemoryTests
{
    [Theory]
    [InlineData(MallocHints.FillZero, TeeResult.Success)]
    [InlineData(MallocHints.NoShare, TeeResult.Success)]
    [InlineData(MallocHints.NoFill | MallocHints.NoShare, TeeResult.Success)]
    [InlineData((MallocHints)4, TeeResult.BadParameters)]
    [InlineData((MallocHints)0x8000_0000, TeeResult.BadParameters)]
    public void An_allocation_takes_the_hints_that_there_are(MallocHints hints, TeeResult wanted)
    {
        TeeResult result = default;

        SdkThread.Run(() => result = SdkThread.ResultOf(() => SecureMemory.Allocate(16, hints).Dispose()));

        Assert.Equal(wanted, result);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4096)]
    public void A_block_is_zero_and_of_the_size_that_was_asked_for(int size)
    {
        byte[]? content = null;

        SdkThread.Run(() =>
        {
            using (SecureMemory before = SecureMemory.Allocate(size))
                before.Span.Fill(0xAA);
            using SecureMemory block = SecureMemory.Allocate(size);
            content = block.Span.ToArray();
        });

        Assert.Equal(new byte[size], content);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    [InlineData(int.MaxValue)]
    public void A_size_that_there_is_no_memory_of_is_out_of_memory(int size)
    {
        TeeResult result = default;

        SdkThread.Run(() => result = SdkThread.ResultOf(() => SecureMemory.Allocate(size)));

        Assert.Equal(TeeResult.OutOfMemory, result);
    }

    [Theory]
    [InlineData(8, 16, "1234567800000000")]
    [InlineData(8, 3, "123")]
    [InlineData(0, 2, "00")]
    [InlineData(8, 0, "")]
    public void A_block_of_another_size_keeps_what_fits(int before, int after, string digits)
    {
        string? content = null;

        SdkThread.Run(() =>
        {
            using SecureMemory block = SecureMemory.Allocate(before);
            for (int i = 0; i < before; i++)
                block.Span[i] = (byte)(i + 1);
            block.Reallocate(after);
            content = string.Concat(block.Span.ToArray().Select(value => (char)('0' + value)));
        });

        Assert.Equal(digits, content);
    }

    [Fact]
    public void A_block_for_which_there_is_no_more_room_is_as_it_was()
    {
        (TeeResult Result, byte[] Content) seen = default;

        SdkThread.Run(() =>
        {
            using SecureMemory block = SecureMemory.Allocate(2);
            block.Span[1] = 7;
            seen = (SdkThread.ResultOf(() => block.Reallocate(int.MaxValue)), block.Span.ToArray());
        });

        Assert.Equal(TeeResult.OutOfMemory, seen.Result);
        Assert.Equal([0, 7], seen.Content);
    }

    [Fact]
    public void What_is_not_returned_is_held_and_what_is_returned_is_not()
    {
        int left = SdkThread.Run(() =>
        {
            SecureMemory.Allocate(64);
            SecureMemory.Allocate(64).Dispose();
        });

        Assert.Equal(1, left);
    }

    [Fact]
    public void A_returned_block_has_no_bytes()
    {
        SdkThread.Run(() =>
        {
            SecureMemory block = SecureMemory.Allocate(64);
            block.Dispose();

            Assert.Throws<ObjectDisposedException>(() => block.Span.Length);
        });
    }

    [Theory]
    [InlineData(MemoryAccess.Read, TeeResult.Success)]
    [InlineData(MemoryAccess.Read | MemoryAccess.Write, TeeResult.Success)]
    [InlineData(MemoryAccess.Read | MemoryAccess.Write | MemoryAccess.AnyOwner, TeeResult.Success)]
    [InlineData(MemoryAccess.Read | MemoryAccess.Secure, TeeResult.Success)]
    [InlineData(MemoryAccess.Read | MemoryAccess.NonSecure, TeeResult.AccessDenied)]
    [InlineData((MemoryAccess)8, TeeResult.BadParameters)]
    public void A_tas_own_memory_can_be_read_and_written_and_is_secure(MemoryAccess access, TeeResult wanted)
    {
        TeeResult result = default;

        SdkThread.Run(() => result = TeeMemory.CheckAccessRights(access, new byte[8]));

        Assert.Equal(wanted, result);
    }

    [Theory]
    [InlineData("", "", true)]
    [InlineData("abc", "abc", true)]
    [InlineData("abc", "abd", false)]
    [InlineData("abc", "ab", false)]
    public void Memory_is_compared_whole(string one, string other, bool isSame) =>
        Assert.Equal(isSame, TeeMemory.Compare(System.Text.Encoding.ASCII.GetBytes(one), System.Text.Encoding.ASCII.GetBytes(other)));
}
