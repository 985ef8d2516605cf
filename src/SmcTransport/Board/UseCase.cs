using System.Globalization;

namespace RestrictedTee.SmcTransport.Board;

/// <summary>
/// What restricted memory is for, as the number that stands in a message (OPTEE_MSG_PROTMEM_*) and in TEE_IOC_RSTMEM_ALLOC. Which
/// there are, and their names, is the board's to say (<see cref="BoardFile.UseCases"/>).
/// </summary>
/// <param name="Number">The number; 0 is none.</param>
public readonly record struct UseCase(uint Number) : IComparable<UseCase>
{
    /// <summary>OPTEE_MSG_PROTMEM_SECURE_VIDEO_PLAY.</summary>
    public static UseCase SecureVideoPlay => new(1);

    /// <summary>OPTEE_MSG_PROTMEM_TRUSTED_UI.</summary>
    public static UseCase TrustedUi => new(2);

    /// <summary>OPTEE_MSG_PROTMEM_SECURE_VIDEO_RECORD.</summary>
    public static UseCase SecureVideoRecord => new(3);

    /// <summary>A number off the wire; whether the board has a use case of it is another matter.</summary>
    public static explicit operator UseCase(uint number) => new(number);

    /// <summary>The number for the wire.</summary>
    public static explicit operator uint(UseCase useCase) => useCase.Number;

    /// <inheritdoc/>
    public int CompareTo(UseCase other) => Number.CompareTo(other.Number);

    /// <inheritdoc/>
    public override string ToString() => "use case " + Number.ToString(CultureInfo.InvariantCulture);
}

/// <summary>A use case of a board.</summary>
/// <param name="UseCase">Its number.</param>
/// <param name="Name">Its name: lower-case words with hyphens.</param>
public sealed record UseCaseRow(UseCase UseCase, string Name)
{
    /// <summary>What the name of every restricted heap begins with. It is ABI (drivers/tee/tee_heap.c), so it keeps the kernel's word.</summary>
    public const string HeapPrefix = "protected,";

    /// <summary>The dma-heap's name, for example "protected,secure-video".</summary>
    public string HeapName => HeapPrefix + Name;

    /// <summary>The use cases that a board has which does not name its own: all that a file of version 1 can have (tee_heap.c, heap_id_2_name).</summary>
    public static IReadOnlyList<UseCaseRow> OfVersion1 { get; } =
    [
        new(UseCase.SecureVideoPlay, "secure-video"),
        new(UseCase.TrustedUi, "trusted-ui"),
        new(UseCase.SecureVideoRecord, "secure-video-record"),
    ];
}
