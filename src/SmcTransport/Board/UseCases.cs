namespace RestrictedTee.SmcTransport.Board;

/// <summary>The use cases and the names of their heaps (drivers/tee/tee_heap.c, heap_id_2_name).</summary>
public static class UseCases
{
    /// <summary>What the name of every restricted heap begins with. It is ABI, so it keeps the kernel's word.</summary>
    public const string HeapPrefix = "protected,";

    /// <summary>All of them, in the order of their numbers.</summary>
    public static IReadOnlyList<UseCase> All { get; } = [UseCase.SecureVideoPlay, UseCase.TrustedUi, UseCase.SecureVideoRecord];

    /// <summary>The name that stands in the board file, and in the heap's name behind the prefix.</summary>
    public static string Name(UseCase useCase) => useCase switch
    {
        UseCase.SecureVideoPlay => "secure-video",
        UseCase.TrustedUi => "trusted-ui",
        UseCase.SecureVideoRecord => "secure-video-record",
        _ => throw new ArgumentOutOfRangeException(nameof(useCase), useCase, "Not a use case."),
    };

    /// <summary>The dma-heap's name, for example "protected,secure-video".</summary>
    public static string HeapName(UseCase useCase) => HeapPrefix + Name(useCase);
}
