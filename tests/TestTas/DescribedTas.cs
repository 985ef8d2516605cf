using RestrictedTee.Sdk;

namespace RestrictedTee.TestTas;

/// <summary>Says of itself the same thing twice.</summary>
[TrustedApp("0b5d5c8e-1f0a-4b57-9c44-52f6d8a1e0c1")]
[TaProperty("com.example.answer", 42)]
[TaProperty("com.example.answer", 43)]
public sealed class TwicePropertyTa : TrustedApp;

/// <summary>Says of itself what is not its to say.</summary>
[TrustedApp("0b5d5c8e-1f0a-4b57-9c44-52f6d8a1e0c2")]
[TaProperty("gpd.ta.version", "7")]
public sealed class ReservedPropertyTa : TrustedApp;

/// <summary>Says of itself what no property can be.</summary>
[TrustedApp("0b5d5c8e-1f0a-4b57-9c44-52f6d8a1e0c3")]
[TaProperty("com.example.pi", 3.14)]
public sealed class OddPropertyTa : TrustedApp;

/// <summary>Tells what it finds in the property sets.</summary>
[TrustedApp("0b5d5c8e-1f0a-4b57-9c44-52f6d8a1e0c4", Flags = TaFlags.SingleInstance | TaFlags.MultiSession, Version = "2.5", DataSize = 12_345)]
[TaProperty("com.example.answer", 42)]
public sealed class DescribedTa : TrustedApp
{
    /// <summary>All names and values of a set, as text, a line each.</summary>
    [Command(0)]
    public static void Tell(ValueInput set, MemrefOutput text)
    {
        var which = (PropertySet)set.A;
        text.Write(System.Text.Encoding.UTF8.GetBytes(string.Join('\n', TeeProperties.Names(which).Select(name => $"{name}={TeeProperties.GetString(which, name)}"))));
    }

    /// <summary>One that is read as each type in turn; a bit is set for each that it can be read as.</summary>
    [Command(1)]
    public static void TypesOf(ValueInput set, MemrefInput name, ValueOutput types)
    {
        var which = (PropertySet)set.A;
        string wanted = System.Text.Encoding.UTF8.GetString(name.Span);
        Try(0, () => TeeProperties.GetBoolean(which, wanted), ref types);
        Try(1, () => TeeProperties.GetUInt32(which, wanted), ref types);
        Try(2, () => TeeProperties.GetUuid(which, wanted), ref types);
        Try(3, () => TeeProperties.GetIdentity(which, wanted), ref types);
        Try(4, () => TeeProperties.GetString(which, wanted), ref types);
    }

    /// <summary>Refuses with words.</summary>
    [Command(2)]
    public static void Refuse() => throw new TeeException(TeeResult.BadState, "the cupboard\nis bare");

    /// <summary>Writes to its console.</summary>
    [Command(3)]
    public static void Write()
    {
        Console.Write("out of ");
        Console.WriteLine("the blue");
        Console.Error.WriteLine(new string('x', 5000));
        using Stream raw = Console.OpenStandardOutput();
        raw.Write("raw words\n"u8);
        Console.Write("an end without an end");
    }

    private static void Try<T>(int bit, Func<T> read, ref ValueOutput types)
    {
        try
        {
            read();
            types.A |= 1u << bit;
        }
        catch (TeeException e) when (e.Result is TeeResult.BadFormat or TeeResult.ItemNotFound)
        {
            types.B |= e.Result == TeeResult.ItemNotFound ? 1u << bit : 0;
        }
    }
}
