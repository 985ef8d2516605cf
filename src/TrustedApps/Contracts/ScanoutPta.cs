namespace RestrictedTee.Contracts;

/// <summary>
/// A pseudo TA by which a trusted application learns what the display has scanned out: to see that what it drew, and nothing over it, is
/// what the person in front of the device sees. It opens for trusted applications with the secure-data-path property alone:
/// ACCESS_DENIED for others, NOT_SUPPORTED on a board without a display controller.
/// </summary>
/// <remarks>
/// What it tells: check sums of the last frame and of its region of interest, restricted planes included. Both depend on ranges and
/// planes that the normal world chooses: the sum of a region of one pixel is that pixel. A trusted application compares them with what it
/// expects and tells its clients one yes or no about a frame that it has itself put together; it never passes a sum on, nor an answer about a
/// region that a client has chosen.
/// </remarks>
public static class ScanoutPta
{
    /// <summary>UUID.</summary>
    public const string UuidText = "7e0b6a34-52c9-4f1d-8a6e-90d3c17f25b8";

    /// <summary>
    /// Reads, all of it of one moment. Out: value[0].a bits 63:32 of the number of frames, .b bits 31:0; value[1].a CRC-32C of the last frame's
    /// pixels line by line, .b that of its region of interest, 0 when it had none; value[2].a whether a plane of it was restricted.
    /// </summary>
    public const uint CommandRead = 0;

    /// <summary>The UUID.</summary>
    public static readonly Guid Uuid = new(UuidText);
}
