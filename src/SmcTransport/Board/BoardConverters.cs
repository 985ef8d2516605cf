using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace RestrictedTee.SmcTransport.Board;

/// <summary>Sizes and addresses as people write them: 4096, "0x1000", "4KiB", "2MiB", "1GiB".</summary>
internal sealed class ByteCountConverter : JsonConverter<ulong>
{
    private static readonly (string Suffix, ulong Factor)[] Units = [("KiB", 1UL << 10), ("MiB", 1UL << 20), ("GiB", 1UL << 30)];

    internal static bool TryParse(string text, out ulong value)
    {
        ReadOnlySpan<char> number = text.AsSpan().Trim();
        ulong factor = 1;
        foreach ((string suffix, ulong unit) in Units)
        {
            if (number.EndsWith(suffix, StringComparison.OrdinalIgnoreCase))
            {
                number = number[..^suffix.Length].TrimEnd();
                factor = unit;
                break;
            }
        }

        bool parsed = number.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
            ? ulong.TryParse(number[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value)
            : ulong.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out value);
        if (!parsed || value > ulong.MaxValue / factor)
            return false;
        value *= factor;
        return true;
    }

    public override ulong Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.Number && reader.TryGetUInt64(out ulong number))
            return number;
        if (reader.TokenType == JsonTokenType.String && TryParse(reader.GetString()!, out ulong value))
            return value;
        throw new JsonException("A size or address is a whole number, or a string such as \"0x40000000\" or \"4MiB\".");
    }

    public override void Write(Utf8JsonWriter writer, ulong value, JsonSerializerOptions options) => writer.WriteNumberValue(value);
}

/// <summary>Use cases by the names that their heaps have.</summary>
internal sealed class UseCaseConverter : JsonConverter<UseCase>
{
    public override UseCase Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        (reader.TokenType == JsonTokenType.String ? reader.GetString() : null) switch
        {
            "secure-video" => UseCase.SecureVideoPlay,
            "trusted-ui" => UseCase.TrustedUi,
            "secure-video-record" => UseCase.SecureVideoRecord,
            _ => throw new JsonException("A use case is one of \"secure-video\", \"trusted-ui\", \"secure-video-record\"."),
        };

    public override void Write(Utf8JsonWriter writer, UseCase value, JsonSerializerOptions options) =>
        writer.WriteStringValue(UseCases.Name(value));
}

/// <summary>The use cases and the names of their heaps (drivers/tee/tee_heap.c, heap_id_2_name).</summary>
public static class UseCases
{
    /// <summary>What the name of every restricted heap begins with. It is ABI, so it keeps the kernel's word.</summary>
    public const string HeapPrefix = "protected,";

    /// <summary>All of them, in the order of their numbers.</summary>
    public static IReadOnlyList<UseCase> All { get; } = [UseCase.SecureVideoPlay, UseCase.TrustedUi, UseCase.SecureVideoRecord];

    /// <summary>The name that stands in the board file, and in the heap's name behind the prefix.</summary>
    public static string Name(UseCase useCase) => useCase switch
    {
        UseCase.SecureVideoPlay => "secure-video",
        UseCase.TrustedUi => "trusted-ui",
        UseCase.SecureVideoRecord => "secure-video-record",
        _ => throw new ArgumentOutOfRangeException(nameof(useCase), useCase, "Not a use case."),
    };

    /// <summary>The dma-heap's name, for example "protected,secure-video".</summary>
    public static string HeapName(UseCase useCase) => HeapPrefix + Name(useCase);
}
