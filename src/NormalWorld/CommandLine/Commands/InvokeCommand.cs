using System.CommandLine;
using System.Globalization;
using RestrictedTee.CommandLine.Console;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Interop;

namespace RestrictedTee.CommandLine.Commands;

/// <summary><c>rtee invoke</c>: one command of one TA, from the shell.</summary>
internal static class InvokeCommand
{
    /// <summary>The most that a parameter has here, in bytes.</summary>
    private const int MaxMemory = 64 << 20;

    private const string Syntax =
        "in:A[,B] | out | inout:A[,B] for values; mem:@FILE, mem:0xHEX or mem:TEXT for memory in; outmem:SIZE for memory out; "
        + "inoutmem:… as mem; null for a null memref that is in and out; none";

    internal static Command Create()
    {
        var uuid = new Argument<Guid>("UUID") { Description = "The trusted application" };
        var number = new Argument<uint>("COMMAND") { Description = "Its command number" };
        var parameters = new Argument<string[]>("PARAM") { Description = "Up to four of: " + Syntax, Arity = new ArgumentArity(0, Operation.ParameterCount) };
        var command = new Command("invoke", "Open a session to a trusted application, invoke one command and print the results.") { uuid, number, parameters };
        var tee = new TeeOptions(command, canConnect: true);
        command.SetAction(result => Run(() => tee.Open(result), result.GetValue(uuid), result.GetValue(number), result.GetValue(parameters) ?? []));
        return command;
    }

    /// <summary>
    /// Runs a command line in which every word can only be what stands in its place, which is most of them. The parser would spend
    /// longer on finding that out than the TEE on the call, so whatever begins like an option, a response file or a directive, or does
    /// not read at once, is left to it, and so are the words for what is wrong.
    /// </summary>
    internal static bool TryRunPlain(string[] args, out int exitCode)
    {
        exitCode = ExitCodes.Usage;
        const int Name = 0, Uuid = 1, Number = 2, Parameters = 3;
        if (args.Length is < Parameters or > Parameters + Operation.ParameterCount
            || args[Name] != "invoke"
            || Array.Exists(args, word => word.Length == 0 || word[0] is '-' or '/' or '@' or '[')
            || !Guid.TryParseExact(args[Uuid], "D", out Guid uuid)
            || !uint.TryParse(args[Number], NumberStyles.None, CultureInfo.InvariantCulture, out uint number))
        {
            return false;
        }

        exitCode = Run(TeeOptions.OpenAsSet, uuid, number, args[Parameters..]);
        return true;
    }

    private static int Run(Func<TeeSource> open, Guid uuid, uint number, string[] texts)
    {
        var operation = new Operation();
        for (int i = 0; i < texts.Length; i++)
        {
            if (!TryParse(texts[i], out operation[i], out string problem))
            {
                System.Console.Error.WriteLine($"rtee: parameter {i} '{texts[i]}': {problem} A parameter is one of: {Syntax}.");
                return ExitCodes.Usage;
            }
        }

        using TeeSource source = open();
        using TeeContext context = source.OpenContext();
        return Invoke(context, uuid, number, operation, texts);
    }

    private static int Invoke(TeeContext context, Guid uuid, uint number, Operation operation, string[] texts)
    {
        using TeeSession session = context.OpenSession(uuid);
        byte[]?[] memory = new byte[]?[texts.Length];
        for (int i = 0; i < texts.Length; i++)
            memory[i] = Rebind(ref operation[i], texts[i]);
        TeecResult result = session.TryInvoke(number, operation, out TeecOrigin origin);
        System.Console.WriteLine($"result {result} (0x{(uint)result:x8}), origin {origin}");
        if (result == TeecResult.Success)
            WriteOutputs(operation, texts, memory);
        else if (result == TeecResult.ShortBuffer)
            WriteSizesNeeded(operation, memory);
        return result == TeecResult.Success ? ExitCodes.Success : ExitCodes.Failed;
    }

    private static void WriteOutputs(Operation operation, string[] texts, byte[]?[] memory)
    {
        for (int i = 0; i < texts.Length; i++)
        {
            if (texts[i] == "out" || texts[i].StartsWith("inout:", StringComparison.Ordinal))
                System.Console.WriteLine($"param {i}: a={operation[i].A} (0x{operation[i].A:x}) b={operation[i].B} (0x{operation[i].B:x})");
            else if (memory[i] is { } bytes)
                System.Console.WriteLine($"param {i}: {operation[i].Size} bytes {Convert.ToHexStringLower(bytes.AsSpan(0, Math.Min(operation[i].Size, bytes.Length)))}");
        }
    }

    private static void WriteSizesNeeded(Operation operation, byte[]?[] memory)
    {
        for (int i = 0; i < memory.Length; i++)
        {
            if (memory[i] is { } bytes && operation[i].Size > bytes.Length)
                System.Console.WriteLine($"param {i}: {operation[i].Size} bytes are needed, {bytes.Length} were given");
        }
    }

    /// <summary>Output memory is kept, to be printed afterwards.</summary>
    private static byte[]? Rebind(ref Parameter parameter, string text)
    {
        if (text.StartsWith("outmem:", StringComparison.Ordinal))
        {
            byte[] bytes = new byte[parameter.Size];
            parameter = Parameter.TempOutput(bytes);
            return bytes;
        }

        if (text.StartsWith("inoutmem:", StringComparison.Ordinal) && TryReadBytes(text["inoutmem:".Length..], out byte[] content, out _))
        {
            parameter = Parameter.TempInOut(content);
            return content;
        }

        return null;
    }

    private static bool TryParse(string text, out Parameter parameter, out string problem)
    {
        parameter = Parameter.None;
        problem = "it is not understood.";
        (string kind, string rest) = text.IndexOf(':') is var colon and >= 0 ? (text[..colon], text[(colon + 1)..]) : (text, "");
        switch (kind)
        {
            case "none":
                return true;
            case "null":
                parameter = Parameter.Null(Direction.InOut);
                return true;
            case "out":
                parameter = Parameter.ValueOutput();
                return true;
            case "in" when TryParseValues(rest, out uint a, out uint b):
                parameter = Parameter.ValueInput(a, b);
                return true;
            case "inout" when TryParseValues(rest, out uint a, out uint b):
                parameter = Parameter.ValueInOut(a, b);
                return true;
            case "outmem" when int.TryParse(rest, NumberStyles.None, CultureInfo.InvariantCulture, out int size) && size <= MaxMemory:
                parameter = Parameter.TempOutput(new byte[size]);
                return true;
            case "mem" when TryReadBytes(rest, out byte[] bytes, out problem):
                parameter = Parameter.TempInput(bytes);
                return true;
            case "inoutmem" when TryReadBytes(rest, out byte[] bytes, out problem):
                parameter = Parameter.TempInOut(bytes);
                return true;
            default:
                return false;
        }
    }

    private static bool TryParseValues(string text, out uint a, out uint b)
    {
        string[] parts = text.Split(',');
        b = 0;
        return TryParseValue(parts[0], out a) && (parts.Length == 1 || (parts.Length == 2 && TryParseValue(parts[1], out b)));
    }

    private static bool TryParseValue(string text, out uint value) => text.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
        ? uint.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value)
        : uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);

    private static bool TryReadBytes(string text, out byte[] bytes, out string problem)
    {
        problem = "";
        try
        {
            bytes = text.StartsWith('@') ? RegularFile.ReadAllBytes(text[1..], MaxMemory)
                : text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? Convert.FromHexString(text.AsSpan(2))
                : System.Text.Encoding.UTF8.GetBytes(text);
            return true;
        }
        catch (Exception e) when (e is IOException or FormatException)
        {
            bytes = [];
            problem = e.Message;
            return false;
        }
    }
}
