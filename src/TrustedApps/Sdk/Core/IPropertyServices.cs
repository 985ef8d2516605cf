namespace RestrictedTee.Sdk;

/// <summary>Property access (GPD_SPE_010 section 4.4).</summary>
internal interface IPropertyServices
{
    /// <summary>A property of the set as the calling session sees it; null when there is none of that name.</summary>
    object? Get(PropertySet set, string name);

    /// <summary>The names in a set, in a stable order.</summary>
    IReadOnlyList<string> Names(PropertySet set);
}
