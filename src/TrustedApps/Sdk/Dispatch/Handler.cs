using System.Reflection;

namespace RestrictedTee.Sdk;

/// <summary>One method of a TA class that the kernel may call, with the parameter types that it takes.</summary>
internal sealed class Handler
{
    private const string Rule =
        "a method takes an optional TaSession, then up to four of ValueInput, ValueOutput, ValueInOut, MemrefInput, MemrefOutput, MemrefInOut "
        + "(or RawParameters alone), and returns void or TeeResult";

    private readonly MethodInfo _method;
    private readonly Type[] _views;
    private readonly bool _raw;
    private readonly ParameterTypes _types;

    internal Handler(MethodInfo method)
    {
        _method = method;
        Type[] views = [.. method.GetParameters().Select(parameter => parameter.ParameterType)];
        if (views.Length > 0 && views[0] == typeof(TaSession))
            views = views[1..];
        _views = views;
        _raw = views is [var only] && only == typeof(RawParameters);
        if (method.ReturnType != typeof(void) && method.ReturnType != typeof(TeeResult))
            throw Malformed();
        if (_raw)
            return;
        if (views.Length > ParameterTypes.Count)
            throw Malformed();
        _types = ParameterTypes.Of(TypeAt(0), TypeAt(1), TypeAt(2), TypeAt(3));
    }

    /// <summary>What it takes, unless it takes everything.</summary>
    internal ParameterTypes Types => _types;

    internal bool Accepts(ParameterTypes types) => _raw || types == _types;

    internal bool Overlaps(Handler other) => _raw || other._raw || other._types == _types;

    /// <summary>Ties the method to one instance. Done at its first call, so that loading a TA compiles nothing.</summary>
    internal BoundHandler Bind(TrustedApp ta)
    {
        if (_raw)
            return new BoundRaw(ta, _method);
        Type bound = _views.Length switch
        {
            0 => typeof(Bound0),
            1 => typeof(Bound1<>).MakeGenericType(_views),
            2 => typeof(Bound2<,>).MakeGenericType(_views),
            3 => typeof(Bound3<,,>).MakeGenericType(_views),
            _ => typeof(Bound4<,,,>).MakeGenericType(_views),
        };
        return (BoundHandler)Activator.CreateInstance(bound, ta, _method)!;
    }

    private ParameterType TypeAt(int index)
    {
        if (index >= _views.Length)
            return ParameterType.None;
        Type view = _views[index];
        if (view == typeof(ValueInput))
            return ParameterType.ValueInput;
        if (view == typeof(ValueOutput))
            return ParameterType.ValueOutput;
        if (view == typeof(ValueInOut))
            return ParameterType.ValueInOut;
        if (view == typeof(MemrefInput))
            return ParameterType.MemrefInput;
        if (view == typeof(MemrefOutput))
            return ParameterType.MemrefOutput;
        return view == typeof(MemrefInOut) ? ParameterType.MemrefInOut : throw Malformed();
    }

    private InvalidDataException Malformed() => new($"{_method.DeclaringType}.{_method.Name} cannot be called: {Rule}.");
}
