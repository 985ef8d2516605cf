using System.Globalization;
using System.Text.Json;

namespace RestrictedTee.Xtest.Regression4000;

/// <summary>
/// What the standards say that comes out: FIPS 180-4, 202 and 197, NIST SP 800-38A to D and CAVP, RFC 1321, 2202, 4231, 4868, 4493, 5869, 6070, 6979, 7748 and
/// 8032, GM/T 0002 to 0004, IEEE 1619. Bytes and numbers are hexadecimal; attributes go by their numbers.
/// </summary>
internal static class CryptVectors
{
    /// <summary>All of one file.</summary>
    internal static IReadOnlyList<JsonElement> Load(string name)
    {
        using Stream file = typeof(CryptVectors).Assembly.GetManifestResourceStream($"Vectors/{name}")!;
        using var document = JsonDocument.Parse(file);
        return [.. document.RootElement.Clone().EnumerateArray()];
    }

    internal static string Text(this JsonElement row, string name) => row.GetProperty(name).GetString()!;

    internal static byte[] Bytes(this JsonElement row, string name) => Convert.FromHexString(row.Text(name));

    internal static uint Number(this JsonElement row, string name) => Number(row.Text(name));

    /// <summary>Attributes; null where the row has none.</summary>
    internal static CryptAttributes? Attributes(this JsonElement row, string name)
    {
        JsonElement parts = row.GetProperty(name);
        if (parts.ValueKind == JsonValueKind.Null)
            return null;
        var attributes = new CryptAttributes();
        foreach (JsonProperty part in parts.EnumerateObject())
        {
            if (part.Value.ValueKind == JsonValueKind.Number)
                attributes.Add(Number(part.Name), part.Value.GetUInt32());
            else
                attributes.Add(Number(part.Name), Convert.FromHexString(part.Value.GetString()!));
        }

        return attributes;
    }

    private static uint Number(string text) => uint.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
