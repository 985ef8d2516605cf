namespace RestrictedTee.Sdk;

/// <summary>The request that is being carried out: panics (GPD_SPE_010 section 4.8) and cancellation (section 4.10).</summary>
internal interface IOperationServices
{
    /// <summary>Whether the request is cancelled and cancellation is not masked.</summary>
    bool IsCancelled { get; }

    /// <summary>Masks or unmasks cancellation.</summary>
    /// <returns>Whether it was masked before.</returns>
    bool Mask(bool mask);

    /// <summary>Marks the calling instance as dead; the SDK then unwinds it.</summary>
    void Panic(uint code);
}
