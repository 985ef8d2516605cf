namespace RestrictedTee.Sdk;

/// <summary>How a trusted application lives (GPD_SPE_010 table 4-11, and OP-TEE's own: lib/libutee/include/user_ta_header.h).</summary>
[Flags]
public enum TaFlags : uint
{
    /// <summary>Each session has an instance of its own.</summary>
    None = 0,

    /// <summary>TA_FLAG_SINGLE_INSTANCE, gpd.ta.singleInstance: all sessions share one instance.</summary>
    SingleInstance = 1 << 2,

    /// <summary>TA_FLAG_MULTI_SESSION, gpd.ta.multiSession: the single instance takes several sessions at once.</summary>
    MultiSession = 1 << 3,

    /// <summary>TA_FLAG_INSTANCE_KEEP_ALIVE, gpd.ta.instanceKeepAlive: the single instance outlives its last session.</summary>
    InstanceKeepAlive = 1 << 4,

    /// <summary>TA_FLAG_SECURE_DATA_PATH: may be given restricted memory. Without it a restricted memref never reaches the TA.</summary>
    SecureDataPath = 1 << 5,

    /// <summary>TA_FLAG_CACHE_MAINTENANCE: may call <see cref="TeeMemory.CacheClean"/> and its like, which have nothing to do: all memory is coherent.</summary>
    CacheMaintenance = 1 << 7,

    /// <summary>TA_FLAG_CONCURRENT: sessions may run at the same time. Pseudo TAs only.</summary>
    Concurrent = 1 << 8,

    /// <summary>TA_FLAG_INSTANCE_KEEP_CRASHED: a kept-alive instance that panicked stays dead instead of being made anew.</summary>
    InstanceKeepCrashed = 1 << 13,
}

/// <summary>Marks a class as a trusted application and gives what OP-TEE keeps in user_ta_header_defines.h.</summary>
/// <param name="uuid">The UUID by which clients open sessions.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class TrustedAppAttribute(string uuid) : Attribute
{
    /// <summary>The UUID.</summary>
    public string Uuid { get; } = uuid;

    /// <summary>How it lives.</summary>
    public TaFlags Flags { get; init; }

    /// <summary>gpd.ta.version.</summary>
    public string Version { get; init; } = "1.0";

    /// <summary>gpd.ta.description.</summary>
    public string Description { get; init; } = "";

    /// <summary>gpd.ta.dataSize in bytes: the most secure RAM the TA may hold through <see cref="SecureMemory"/>.</summary>
    public int DataSize { get; init; } = 32 * 1024;
}

/// <summary>A property of the TA, readable in TEE_PROPSET_CURRENT_TA (TA_CURRENT_TA_EXT_PROPERTIES).</summary>
/// <param name="name">For example "com.example.answer".</param>
/// <param name="value">
/// A bool, an int, a uint, a long, a ulong or a string; a string where <see cref="Type"/> is one that C# has no constants of: "01234567-89ab-…",
/// "login:UUID", base 64.
/// </param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true, Inherited = false)]
public sealed class TaPropertyAttribute(string name, object value) : Attribute
{
    /// <summary>Name.</summary>
    public string Name { get; } = name;

    /// <summary>Value.</summary>
    public object Value { get; } = value;

    /// <summary>What it is; unless said otherwise, what the value is in C#.</summary>
    public PropertyType Type { get; init; } = value switch
    {
        bool => PropertyType.Boolean,
        int or uint => PropertyType.UInt32,
        long or ulong => PropertyType.UInt64,
        _ => PropertyType.String,
    };
}

/// <summary>
/// Marks the method that carries out a command (TA_InvokeCommandEntryPoint). Its parameters say what the command takes, in order, at most four of
/// <see cref="ValueInput"/>, <see cref="ValueOutput"/>, <see cref="ValueInOut"/>, <see cref="MemrefInput"/>,
/// <see cref="MemrefOutput"/>, <see cref="MemrefInOut"/>; a leading <see cref="TaSession"/> is allowed. A call whose types
/// differ gets TEE_ERROR_BAD_PARAMETERS and never reaches the method. Several methods with one id accept several shapes.
/// Returns void or <see cref="TeeResult"/>.
/// </summary>
/// <param name="id">The command number of the contract.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class CommandAttribute(uint id) : Attribute
{
    /// <summary>The command number.</summary>
    public uint Id { get; } = id;
}

/// <summary>
/// Marks a method that is run when a session is opened (TA_OpenSessionEntryPoint), with typed parameters as for
/// <see cref="CommandAttribute"/>. A TA with none opens for calls without parameters only.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OpenSessionAttribute : Attribute;
