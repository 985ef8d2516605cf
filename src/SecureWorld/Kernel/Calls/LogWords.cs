namespace RestrictedTee.SecureWorld.Kernel.Calls;

/// <summary>What a TA says, made fit for the secure log: one line, of bounded length, so that it neither forges lines nor floods them.</summary>
internal static class LogWords
{
    /// <summary>The most characters of a TA's words that one line has.</summary>
    internal const int MaxLength = 1024;

    internal static string Of(string? words)
    {
        if (string.IsNullOrEmpty(words))
            return "";
        string line = words.Length <= MaxLength ? words : string.Concat(words.AsSpan(0, MaxLength), "…");
        return line.AsSpan().ContainsAnyInRange('\0', '\u001f') || line.Contains('\u007f', StringComparison.Ordinal)
            ? string.Create(line.Length, line, static (target, source) =>
            {
                for (int i = 0; i < target.Length; i++)
                    target[i] = char.IsControl(source[i]) ? ' ' : source[i];
            })
            : line;
    }
}
