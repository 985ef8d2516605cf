namespace RestrictedTee.Contracts;

/// <summary>The hello_world example (optee_examples/hello_world/ta/include/hello_world_ta.h).</summary>
/// <remarks>
/// What it tells: the client's own number, one larger or smaller, and how often the collector of the whole secure world has run,
/// which follows from how busy that is. It has no secure-data-path property, so that no restricted memref, of any size above 0,
/// reaches it, be it from the normal world or from another TA.
/// </remarks>
public static class HelloWorld
{
    /// <summary>TA_HELLO_WORLD_UUID.</summary>
    public const string UuidText = "8aaaf200-2450-11e4-abe2-0002a5d5c51b";

    /// <summary>In and out: value[0].a, which grows by one.</summary>
    public const uint CommandIncrementValue = 0;

    /// <summary>In and out: value[0].a, which shrinks by one.</summary>
    public const uint CommandDecrementValue = 1;

    /// <summary>Nothing, answered at once: what a call costs.</summary>
    public const uint CommandNothing = 100;

    /// <summary>Out: value[0].a how often the secure world's garbage collector has run; calls that allocate nothing leave it alone.</summary>
    public const uint CommandCollections = 101;

    /// <summary>The UUID.</summary>
    public static readonly Guid Uuid = new(UuidText);
}
