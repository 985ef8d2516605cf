namespace RestrictedTee.Contracts;

/// <summary>A pseudo TA that tells any client what it is talking to.</summary>
/// <remarks>
/// What it tells: two constants of the build and of the machine.
/// </remarks>
public static class PlatformPta
{
    /// <summary>UUID.</summary>
    public const string UuidText = "3d5c7e91-4a2b-4c68-9f10-2b8e6d1a7c35";

    /// <summary>Out: value[0].a <see cref="Emulation"/>, .b memory protection: 0 anonymous, 1 locked, 2 secretmem.</summary>
    public const uint CommandDescribe = 0;

    /// <summary>The TEE is an emulation in a process; there is no hardware behind it.</summary>
    public const uint Emulation = 1;

    /// <summary>The UUID.</summary>
    public static readonly Guid Uuid = new(UuidText);
}
