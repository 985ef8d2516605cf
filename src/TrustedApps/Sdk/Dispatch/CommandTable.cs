using System.Reflection;

namespace RestrictedTee.Sdk;

/// <summary>
/// The commands of one TA class: read off its attributes once, when the TA is loaded. Selection is by command id and exact
/// parameter types, so a call of another shape finds nothing to run.
/// </summary>
internal sealed class CommandTable
{
    private readonly Dictionary<uint, int[]> _commands = [];
    private readonly List<Handler> _handlers = [];
    private readonly List<int> _openSession = [];

    private CommandTable()
    {
    }

    internal int Count => _handlers.Count;

    internal bool HasOpenSession => _openSession.Count > 0;

    /// <summary>Reads the attributes.</summary>
    /// <exception cref="InvalidDataException">A method's signature is not one that can be called; the message names it.</exception>
    internal static CommandTable Read(Type ta)
    {
        var table = new CommandTable();
        foreach (MethodInfo method in MethodsOf(ta))
        {
            if (method.GetCustomAttribute<CommandAttribute>() is { } command)
                table._commands[command.Id] = [.. table._commands.GetValueOrDefault(command.Id, []), table.Add(method, table._commands.GetValueOrDefault(command.Id, []))];
            if (method.IsDefined(typeof(OpenSessionAttribute)))
                table._openSession.Add(table.Add(method, table._openSession));
        }

        return table;
    }

    internal Handler this[int index] => _handlers[index];

    /// <summary>Whether there is a command of a number, whatever it takes.</summary>
    internal bool Has(uint command) => _commands.ContainsKey(command);

    /// <summary>The index of the handler for a command, or -1.</summary>
    internal int Find(uint command, ParameterTypes types) =>
        _commands.TryGetValue(command, out int[]? candidates) ? Find(candidates, types) : -1;

    /// <summary>The index of the handler for opening a session, or -1.</summary>
    internal int FindOpenSession(ParameterTypes types)
    {
        foreach (int index in _openSession)
        {
            if (_handlers[index].Accepts(types))
                return index;
        }

        return -1;
    }

    /// <summary>In words, what a command takes when it does not take <paramref name="given"/>; null when it does.</summary>
    internal string? ShapesOf(uint command, ParameterTypes given)
    {
        if (!_commands.TryGetValue(command, out int[]? candidates))
            return $"another command: there is none of this number, but {string.Join(", ", _commands.Keys.Order())}";
        return Find(candidates, given) >= 0 ? null : Shapes(candidates);
    }

    /// <summary>The same for the opening of a session.</summary>
    internal string? ShapesOfOpenSession(ParameterTypes given)
    {
        if (!HasOpenSession)
            return given == default ? null : $"({default(ParameterTypes)})";
        return FindOpenSession(given) >= 0 ? null : Shapes(_openSession);
    }

    private string Shapes(IEnumerable<int> candidates) => string.Join(" or ", candidates.Select(index => $"({_handlers[index].Types})"));

    private static IEnumerable<MethodInfo> MethodsOf(Type ta)
    {
        const BindingFlags Declared = BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
        for (Type? type = ta; type is not null && type != typeof(TrustedApp); type = type.BaseType)
        {
            foreach (MethodInfo method in type.GetMethods(Declared))
                yield return method;
        }
    }

    private int Find(int[] candidates, ParameterTypes types)
    {
        foreach (int index in candidates)
        {
            if (_handlers[index].Accepts(types))
                return index;
        }

        return -1;
    }

    private int Add(MethodInfo method, IReadOnlyList<int> siblings)
    {
        var handler = new Handler(method);
        if (siblings.Any(index => _handlers[index].Overlaps(handler)))
            throw new InvalidDataException($"{method.DeclaringType}.{method.Name}: another method takes the same command with the same parameter types.");
        _handlers.Add(handler);
        return _handlers.Count - 1;
    }
}

/// <summary>The commands of one instance.</summary>
internal sealed class InstanceCommands(CommandTable table, TrustedApp ta)
{
    private readonly BoundHandler?[] _bound = new BoundHandler?[table.Count];

    internal TeeResult Invoke(TaSession session, uint command, ParameterTypes types, Span<ParameterSlot> slots)
    {
        int index = table.Find(command, types);
        if (index >= 0)
            return Bound(index).Invoke(session, types, slots);
        return table.Has(command) ? TeeResult.BadParameters : ta.OtherCommand(session, command);
    }

    internal TeeResult OpenSession(TaSession session, ParameterTypes types, Span<ParameterSlot> slots)
    {
        int index = table.FindOpenSession(types);
        if (index >= 0)
            return Bound(index).Invoke(session, types, slots);
        return !table.HasOpenSession && types == default ? TeeResult.Success : TeeResult.BadParameters;
    }

    private BoundHandler Bound(int index) => _bound[index] ??= table[index].Bind(ta);
}
