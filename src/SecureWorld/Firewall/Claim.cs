namespace RestrictedTee.SecureWorld.Firewall;

/// <summary>
/// The label of a buffer: who may produce its content, and who may consume it. A trusted application that claims a buffer is its only
/// producer, and one instance of it at that; a device labels what it writes as one of the producers of any instance. Everybody else
/// may nothing, other instances of the owner included.
/// </summary>
/// <param name="Owner">Who has set it.</param>
/// <param name="Instance">Which instance of it. Instances of one TA serve clients that owe each other nothing.</param>
/// <param name="Readers">Masters of which any instance may read.</param>
internal sealed record Claim(MasterId Owner, ulong Instance, IReadOnlyList<MasterId> Readers)
{
    /// <summary>Masters of which any instance may read and write, and set another label.</summary>
    internal IReadOnlyList<MasterId> Producers { get; init; } = [];

    /// <summary>Whether it comes of content that was for others than the device, so that no device takes it for a key, whoever it is for now.</summary>
    internal bool IsContent { get; init; }

    /// <summary>The label that a device gives what it writes.</summary>
    internal static Claim OfDevice(MasterId device, IReadOnlyList<MasterId> consumers, bool isContent = false) =>
        new(device, Instance: 0, consumers) { Producers = [device], IsContent = isContent };

    /// <summary>
    /// Whether a device may take it for a key: what is for that device alone. With content as a key, of which all but a byte is known,
    /// what comes of it would tell that byte to its own consumers.
    /// </summary>
    internal bool IsKeyOf(MasterId device) => !IsContent && Readers.All(reader => reader == device);

    /// <summary>The claim of an instance of a trusted application, with trusted applications that may read.</summary>
    internal static Claim Of(MasterId owner, ulong instance, ReadOnlySpan<Guid> readers)
    {
        var ids = new MasterId[readers.Length];
        for (int i = 0; i < readers.Length; i++)
            ids[i] = MasterId.TrustedApp(readers[i]);
        return new Claim(owner, instance, ids);
    }

    /// <summary>Whether it is that of an owner without other producers, with just these readers in this order.</summary>
    internal bool Is(MasterId owner, ulong instance, ReadOnlySpan<Guid> readers)
    {
        if (Owner != owner || Instance != instance || Producers.Count != 0 || Readers.Count != readers.Length)
            return false;
        for (int i = 0; i < readers.Length; i++)
        {
            if (Readers[i] != MasterId.TrustedApp(readers[i]))
                return false;
        }

        return true;
    }

    internal bool Allows(MasterId master, ulong instance, AccessRights rights) =>
        IsProducer(master, instance) || ((rights & AccessRights.Write) == 0 && Readers.Contains(master));

    internal bool IsProducer(MasterId master, ulong instance) => (Owner == master && Instance == instance) || Producers.Contains(master);

    /// <summary>Whether it lets at the buffer whom the other lets at it, so that setting the one after the other is no change.</summary>
    internal bool SaysTheSameAs(Claim other) =>
        Owner == other.Owner && Instance == other.Instance && IsContent == other.IsContent && Readers.SequenceEqual(other.Readers) && Producers.SequenceEqual(other.Producers);
}

/// <summary>How a claim ended.</summary>
internal enum ClaimOutcome
{
    /// <summary>The buffer is the claimer's.</summary>
    Claimed,

    /// <summary>Another master has it, or another instance of the same one.</summary>
    ClaimedByAnother,

    /// <summary>Somebody whom the claim would shut out is using the buffer at this moment.</summary>
    InUse,
}
