using RestrictedTee.WorldTests.Harness;

namespace RestrictedTee.WorldTests.Processes;

/// <summary>What is said when the memory of the secure world cannot be had as it was asked for.</summary>
public sealed class SecretMemoryTests
{
    [RootFact]
    public void A_limit_of_locked_memory_that_forbids_secretmem_is_named_with_what_to_do()
    {
        Rtee.Result result = Shell.Run($"ulimit -l 64; setpriv --bounding-set=-ipc_lock {Rtee.Program} heaps --secret-memory require");

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("ulimit -l", result.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("Success", result.Errors, StringComparison.Ordinal);
    }
}
