using RestrictedTee.Sdk;

namespace RestrictedTee.TestTas;

/// <summary>Writes as many bytes as it is told, says another number, and answers with any result.</summary>
[TrustedApp("0b5d5c8e-1f0a-4b57-9c44-52f6d8a1e0c0")]
public sealed class WritingTa : TrustedApp
{
    /// <summary>How: a is how many bytes are written, b what is said of it.</summary>
    [Command(0)]
    public static TeeResult Write(MemrefOutput memory, ValueInput how, ValueInput result)
    {
        memory.Span[..(int)how.A].Fill(0xAB);
        memory.Size = (int)how.B;
        return (TeeResult)result.A;
    }

    [Command(0)]
    public static TeeResult Write(MemrefInOut memory, ValueInput how, ValueInput result)
    {
        memory.Span[..(int)how.A].Fill(0xAB);
        memory.Size = (int)how.B;
        return (TeeResult)result.A;
    }

    /// <summary>Tells how many bytes it was given, and says that it wrote fewer.</summary>
    [Command(1)]
    public static void Room(MemrefInOut memory, ValueOutput room)
    {
        room.A = (uint)memory.Span.Length;
        memory.Size = 1;
    }

    /// <summary>Says that it is there, and writes and answers when it has been cancelled.</summary>
    [Command(2)]
    public static void WriteWhenCancelled(MemrefOutput arrived, MemrefOutput memory)
    {
        arrived.Span[0] = 1;
        Tee.UnmaskCancellation();
        Tee.Wait(60_000);
        memory.Span.Fill(0xCD);
    }
}

/// <summary>Opens when it has been cancelled, and not before.</summary>
[TrustedApp("0b5d5c8e-1f0a-4b57-9c44-52f6d8a1e0c5")]
public sealed class ReluctantTa : TrustedApp
{
    [OpenSession]
    public static TeeResult Open()
    {
        Tee.UnmaskCancellation();
        return Tee.Wait(60_000);
    }

    /// <summary>Says that it is there before it waits.</summary>
    [OpenSession]
    public static TeeResult Open(MemrefOutput arrived)
    {
        arrived.Span[0] = 1;
        return Open();
    }
}
