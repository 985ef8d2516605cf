namespace RestrictedTee.SmcTransport.Board;

/// <summary>The FF-A partitions that exist to be tested with, and that a board may ask for.</summary>
public enum TestPartition
{
    /// <summary>The first instance of the echo partition.</summary>
    Echo1,

    /// <summary>The second instance.</summary>
    Echo2,

    /// <summary>The third instance.</summary>
    Echo3,

    /// <summary>The logical partition of the SPMC, which has no RAM.</summary>
    Logical,
}

/// <summary>Their names in a board file.</summary>
public static class TestPartitions
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<TestPartition> All { get; } = [TestPartition.Echo1, TestPartition.Echo2, TestPartition.Echo3, TestPartition.Logical];

    /// <summary>The name that stands in the board file.</summary>
    public static string Name(TestPartition partition) => partition switch
    {
        TestPartition.Echo1 => "echo-1",
        TestPartition.Echo2 => "echo-2",
        TestPartition.Echo3 => "echo-3",
        TestPartition.Logical => "logical",
        _ => throw new ArgumentOutOfRangeException(nameof(partition), partition, "Not a test partition."),
    };

    /// <summary>Whether it has RAM of its own.</summary>
    public static bool HasRam(TestPartition partition) => partition != TestPartition.Logical;
}
