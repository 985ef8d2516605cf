namespace RestrictedTee.Tests.Devices.Model;

/// <summary>A bus master in plain words: a row of the board, and which trusted application where that is the row of all.</summary>
internal readonly record struct Party(int Row, int Ta = 0);

/// <summary>A label in plain words.</summary>
internal sealed record ModelLabel(Party Owner, int Instance, bool IsDevices, bool IsContent, IReadOnlyList<Party> Readers)
{
    internal bool IsProducer(Party party, int instance) => party == Owner && (IsDevices || instance == Instance);

    internal bool Lets(Party party, int instance, bool writes) => IsProducer(party, instance) || (!writes && Readers.Contains(party));

    internal bool IsSame(ModelLabel other) =>
        Owner == other.Owner && Instance == other.Instance && IsContent == other.IsContent && Readers.SequenceEqual(other.Readers);

    internal bool IsKeyOf(Party engine) => !IsContent && Readers.All(reader => reader == engine);
}

/// <summary>What a buffer is to its users.</summary>
internal sealed class ModelBuffer(ulong cookie, uint useCase, int size)
{
    internal ulong Cookie => cookie;

    internal uint UseCase => useCase;

    internal byte[] Content { get; } = new byte[size];

    internal ModelLabel? Label { get; private set; }

    internal HashSet<int> Revoked { get; } = [];

    internal int Mappings { get; set; }

    internal bool IsFixed { get; set; }

    internal bool IsFreed { get; set; }

    internal bool IsMovable => Mappings == 0 && !IsFixed;

    internal bool IsGone => IsFreed && Mappings == 0;

    internal bool Contains(ulong offset, int length) => length > 0 && offset <= (ulong)size && (ulong)length <= (ulong)size - offset;

    internal bool Lets(Party party, int instance, bool writes) => !Revoked.Contains(party.Row) && Label?.Lets(party, instance, writes) != false;

    /// <summary>Relabelling scrubs; the first label does not.</summary>
    internal bool TryLabel(ModelLabel label)
    {
        if (Revoked.Contains(label.Owner.Row) || Label?.IsProducer(label.Owner, label.Instance) == false)
            return false;
        if (Label?.IsSame(label) == false)
            Content.AsSpan().Clear();
        Label = label;
        return true;
    }
}

/// <summary>A mapping of a buffer by a device.</summary>
internal sealed record ModelMapping(int Row, ModelBuffer Buffer, int Rights);
