using System.Globalization;
using System.Text;
using System.Text.Json;

namespace RestrictedTee.SmcTransport.Board;

/// <summary>A value of a board file with the line on which it begins, which the reader of System.Text.Json keeps to itself.</summary>
internal sealed class BoardNode
{
    private static readonly JsonReaderOptions Options = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    private BoardNode(JsonTokenType kind, int line) => (Kind, Line) = (kind, line);

    /// <summary>StartObject, StartArray, String, Number, True, False or Null.</summary>
    internal JsonTokenType Kind { get; }

    /// <summary>The line on which it begins, from 1.</summary>
    internal int Line { get; }

    /// <summary>A string's value, a number's text, or what else it is called in a message.</summary>
    internal string Text { get; private set; } = "";

    internal List<(string Name, int Line, BoardNode Value)> Members { get; } = [];

    internal List<BoardNode> Items { get; } = [];

    /// <exception cref="BoardException">It is no JSON.</exception>
    internal static BoardNode Parse(string json)
    {
        if (string.IsNullOrWhiteSpace(json))
            throw new BoardException(1, "it is empty.");
        byte[] bytes = Encoding.UTF8.GetBytes(json);
        var lines = new LineCounter(bytes);
        var reader = new Utf8JsonReader(bytes, Options);
        try
        {
            reader.Read();
            BoardNode root = Read(ref reader, lines);
            while (reader.Read())
            {
                // Only comments may follow; anything else makes the reader throw.
            }

            return root;
        }
        catch (JsonException e)
        {
            throw new BoardException((int)(e.LineNumber ?? 0) + 1, $"it is malformed: {WithoutPlace(e.Message)}");
        }
    }

    /// <summary>The reader counts lines from 0 and says so at the end; the line that is told counts from 1, as editors do.</summary>
    private static string WithoutPlace(string message) => message.IndexOf(" LineNumber:", StringComparison.Ordinal) is var at and > 0 ? message[..at] : message;

    private static BoardNode Read(ref Utf8JsonReader reader, LineCounter lines)
    {
        var node = new BoardNode(reader.TokenType, lines.LineOf(reader.TokenStartIndex));
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                node.Text = "an object";
                while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
                {
                    (string name, int line) = (reader.GetString()!, lines.LineOf(reader.TokenStartIndex));
                    reader.Read();
                    node.Members.Add((name, line, Read(ref reader, lines)));
                }

                break;
            case JsonTokenType.StartArray:
                node.Text = "a list";
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                    node.Items.Add(Read(ref reader, lines));
                break;
            case JsonTokenType.String:
                node.Text = reader.GetString()!;
                break;
            default:
                node.Text = Encoding.UTF8.GetString(reader.ValueSpan);
                break;
        }

        return node;
    }

    internal bool TryGetUInt64(out ulong value)
    {
        value = 0;
        return Kind == JsonTokenType.Number && ulong.TryParse(Text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
    }

    internal bool TryGetString(out string value)
    {
        value = Text;
        return Kind == JsonTokenType.String;
    }

    /// <summary>Counts lines up to growing positions.</summary>
    private sealed class LineCounter(byte[] bytes)
    {
        private int _at;
        private int _line = 1;

        internal int LineOf(long position)
        {
            for (; _at < position; _at++)
            {
                if (bytes[_at] == (byte)'\n')
                    _line++;
            }

            return _line;
        }
    }
}

/// <summary>What is wrong with a board file, and on which line; 0 for a board that was made by a program.</summary>
internal sealed class BoardException(int line, string reason) : Exception(line == 0 ? reason : $"line {line}: {reason}");
