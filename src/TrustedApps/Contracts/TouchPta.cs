namespace RestrictedTee.Contracts;

/// <summary>
/// A pseudo TA through which a trusted application has the touch controller for itself, for as long as its session is open. It opens for
/// trusted applications alone: BUSY while another session has it, NOT_SUPPORTED on a board without it.
/// </summary>
/// <remarks>
/// What it tells: to the session that has the device, where the finger is; to others, nothing.
/// </remarks>
public static class TouchPta
{
    /// <summary>UUID.</summary>
    public const string UuidText = "c1f0a2d7-7b35-4a0e-9d52-3e6b8f4c9a18";

    /// <summary>Takes the oldest event. Out: value[0].a x, .b y; value[1].a whether the finger is down. ITEM_NOT_FOUND when none waits.</summary>
    public const uint CommandTake = 0;

    /// <summary>The UUID.</summary>
    public static readonly Guid Uuid = new(UuidText);
}
