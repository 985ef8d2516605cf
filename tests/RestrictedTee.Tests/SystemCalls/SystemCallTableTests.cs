using RestrictedTee.Sdk;
using RestrictedTee.SmcTransport.Abi;
using RestrictedTee.Tests.Crypto;

namespace RestrictedTee.Tests.SystemCalls;

/// <summary>The one table of what a trusted application asks of the kernel.</summary>
public sealed class SystemCallTableTests
{
    private const int LastOfUpstream = 70; // TEE_SCN_MAX

    [Fact]
    public void Every_number_of_upstream_has_a_row_in_order()
    {
        IEnumerable<ulong> numbers = UteeCalls.Surface.Rows.Select(row => row.Number).Where(number => number < UteeCalls.FirstOwn);

        Assert.Equal(Enumerable.Range(0, LastOfUpstream + 1).Select(number => (ulong)number), numbers);
    }

    [Fact]
    public void The_sdk_has_the_number_of_each_served_row_by_its_name_and_no_other()
    {
        IEnumerable<(ulong, string)> served = UteeCalls.Surface.Rows
            .Where(row => row.Support != Support.Refused)
            .Select(row => (row.Number, row.Name.Split("_SCN_")[1].Replace("_", "", StringComparison.Ordinal)));

        IEnumerable<(ulong, string)> known = Enum.GetValues<SystemCall>().Select(call => ((ulong)call, call.ToString().ToUpperInvariant()));

        Assert.Equal(served, known);
    }

    [Theory]
    [InlineData(0u)] // return: for native TAs
    [InlineData(41u)] // storage
    [InlineData(55u)] // secure elements
    [InlineData(71u)]
    [InlineData(255u)]
    [InlineData(uint.MaxValue)]
    public void What_is_not_served_is_not_supported(uint number)
    {
        TeeResult result = default;

        SdkThread.Run(() =>
        {
            var frame = default(SystemCallFrame);
            result = SdkThread.Calls.Enter((SystemCall)number, ref frame);
        });

        Assert.Equal(TeeResult.NotSupported, result);
    }

    [Fact]
    public void A_property_is_found_by_a_name_that_ends_as_in_c()
    {
        (TeeResult Result, uint Index) plain = default, ended = default;

        SdkThread.Run(() =>
        {
            plain.Result = Utee.GetPropertyNameToIndex(PropertySet.TeeImplementation, "gpd.tee.description", out plain.Index);
            ended.Result = Utee.GetPropertyNameToIndex(PropertySet.TeeImplementation, "gpd.tee.description\0", out ended.Index);
        });

        Assert.Equal(TeeResult.Success, plain.Result);
        Assert.Equal(plain, ended);
    }

    /// <summary>Invariant 2, of the border between a TA and the kernel: registers of any values, memory named or not, any number.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Whatever_is_in_the_registers_each_call_is_answered_and_the_next_one_works(int seed)
    {
        SystemCall[] calls = [.. Enum.GetValues<SystemCall>().Except(
            [SystemCall.Wait, SystemCall.GetTime, SystemCall.OpenTaSession, SystemCall.InvokeTaCommand, SystemCall.CloseTaSession, SystemCall.Panic])]; // those reach beyond the instance
        var random = new Random(seed);
        byte[] bytes = new byte[256];

        SdkThread.Run(() =>
        {
            for (int i = 0; i < 5_000; i++)
            {
                scoped var frame = default(SystemCallFrame);
                for (int register = 0; register < SystemCallFrame.RegisterCount; register++)
                    frame[register] = Register(random);
                int at = random.Next(0, SystemCallFrame.RegisterCount - 2);
                if (random.Next(2) == 0)
                    frame.GiveInput(at, bytes.AsSpan(0, random.Next(bytes.Length)));
                if (random.Next(2) == 0)
                    frame.GiveOutput(random.Next(0, SystemCallFrame.RegisterCount - 2), bytes.AsSpan(0, random.Next(bytes.Length)));
                SdkThread.Calls.Enter(calls[random.Next(calls.Length)], ref frame);
            }

            using var digest = DigestOperation.Allocate(TeeAlgorithm.Sha256);
            Assert.Equal(32, digest.DoFinal("abc"u8, bytes));
        });
    }

    private static ulong Register(Random random) => random.Next(6) switch
    {
        0 => 0,
        1 => (ulong)random.Next(8),
        2 => (ulong)random.Next(1, 200), // handles that may be
        3 => (uint)Enum.GetValues<TeeAlgorithm>()[random.Next(Enum.GetValues<TeeAlgorithm>().Length)],
        4 => (uint)Enum.GetValues<ObjectType>()[random.Next(Enum.GetValues<ObjectType>().Length)],
        _ => unchecked((ulong)random.NextInt64(long.MinValue, long.MaxValue)),
    };
}
