using System.Reflection;

namespace RestrictedTee.Sdk;

/// <summary>A method tied to one instance of its TA. Calling it allocates nothing.</summary>
internal abstract class BoundHandler
{
    internal abstract TeeResult Invoke(TaSession session, ParameterTypes types, Span<ParameterSlot> slots);

    /// <summary>The delegate whose type fits the method: with or without session, with or without result.</summary>
    private protected static Delegate Bind(TrustedApp ta, MethodInfo method, Type plain, Type withSession, Type plainVoid, Type withSessionVoid)
    {
        bool takesSession = method.GetParameters() is [var first, ..] && first.ParameterType == typeof(TaSession);
        bool returnsResult = method.ReturnType == typeof(TeeResult);
        Type type = (takesSession, returnsResult) switch
        {
            (false, true) => plain,
            (true, true) => withSession,
            (false, false) => plainVoid,
            (true, false) => withSessionVoid,
        };
        return method.IsStatic ? method.CreateDelegate(type) : method.CreateDelegate(type, ta);
    }

    private protected static TeeResult Done => TeeResult.Success;
}

internal sealed class Bound0(TrustedApp ta, MethodInfo method) : BoundHandler
{
    private readonly Delegate _method =
        Bind(ta, method, typeof(Func<TeeResult>), typeof(Func<TaSession, TeeResult>), typeof(Action), typeof(Action<TaSession>));

    internal override TeeResult Invoke(TaSession session, ParameterTypes types, Span<ParameterSlot> slots)
    {
        switch (_method)
        {
            case Func<TeeResult> call:
                return call();
            case Func<TaSession, TeeResult> call:
                return call(session);
            case Action call:
                call();
                return Done;
            default:
                ((Action<TaSession>)_method)(session);
                return Done;
        }
    }
}

internal sealed class Bound1<T0>(TrustedApp ta, MethodInfo method) : BoundHandler
    where T0 : IParameter<T0>, allows ref struct
{
    private readonly Delegate _method =
        Bind(ta, method, typeof(Func<T0, TeeResult>), typeof(Func<TaSession, T0, TeeResult>), typeof(Action<T0>), typeof(Action<TaSession, T0>));

    internal override TeeResult Invoke(TaSession session, ParameterTypes types, Span<ParameterSlot> slots)
    {
        T0 p0 = T0.Over(ref slots[0]);
        switch (_method)
        {
            case Func<T0, TeeResult> call:
                return call(p0);
            case Func<TaSession, T0, TeeResult> call:
                return call(session, p0);
            case Action<T0> call:
                call(p0);
                return Done;
            default:
                ((Action<TaSession, T0>)_method)(session, p0);
                return Done;
        }
    }
}

internal sealed class Bound2<T0, T1>(TrustedApp ta, MethodInfo method) : BoundHandler
    where T0 : IParameter<T0>, allows ref struct
    where T1 : IParameter<T1>, allows ref struct
{
    private readonly Delegate _method = Bind(
        ta, method, typeof(Func<T0, T1, TeeResult>), typeof(Func<TaSession, T0, T1, TeeResult>), typeof(Action<T0, T1>), typeof(Action<TaSession, T0, T1>));

    internal override TeeResult Invoke(TaSession session, ParameterTypes types, Span<ParameterSlot> slots)
    {
        T0 p0 = T0.Over(ref slots[0]);
        T1 p1 = T1.Over(ref slots[1]);
        switch (_method)
        {
            case Func<T0, T1, TeeResult> call:
                return call(p0, p1);
            case Func<TaSession, T0, T1, TeeResult> call:
                return call(session, p0, p1);
            case Action<T0, T1> call:
                call(p0, p1);
                return Done;
            default:
                ((Action<TaSession, T0, T1>)_method)(session, p0, p1);
                return Done;
        }
    }
}

internal sealed class Bound3<T0, T1, T2>(TrustedApp ta, MethodInfo method) : BoundHandler
    where T0 : IParameter<T0>, allows ref struct
    where T1 : IParameter<T1>, allows ref struct
    where T2 : IParameter<T2>, allows ref struct
{
    private readonly Delegate _method = Bind(
        ta,
        method,
        typeof(Func<T0, T1, T2, TeeResult>),
        typeof(Func<TaSession, T0, T1, T2, TeeResult>),
        typeof(Action<T0, T1, T2>),
        typeof(Action<TaSession, T0, T1, T2>));

    internal override TeeResult Invoke(TaSession session, ParameterTypes types, Span<ParameterSlot> slots)
    {
        T0 p0 = T0.Over(ref slots[0]);
        T1 p1 = T1.Over(ref slots[1]);
        T2 p2 = T2.Over(ref slots[2]);
        switch (_method)
        {
            case Func<T0, T1, T2, TeeResult> call:
                return call(p0, p1, p2);
            case Func<TaSession, T0, T1, T2, TeeResult> call:
                return call(session, p0, p1, p2);
            case Action<T0, T1, T2> call:
                call(p0, p1, p2);
                return Done;
            default:
                ((Action<TaSession, T0, T1, T2>)_method)(session, p0, p1, p2);
                return Done;
        }
    }
}

internal sealed class Bound4<T0, T1, T2, T3>(TrustedApp ta, MethodInfo method) : BoundHandler
    where T0 : IParameter<T0>, allows ref struct
    where T1 : IParameter<T1>, allows ref struct
    where T2 : IParameter<T2>, allows ref struct
    where T3 : IParameter<T3>, allows ref struct
{
    private readonly Delegate _method = Bind(
        ta,
        method,
        typeof(Func<T0, T1, T2, T3, TeeResult>),
        typeof(Func<TaSession, T0, T1, T2, T3, TeeResult>),
        typeof(Action<T0, T1, T2, T3>),
        typeof(Action<TaSession, T0, T1, T2, T3>));

    internal override TeeResult Invoke(TaSession session, ParameterTypes types, Span<ParameterSlot> slots)
    {
        T0 p0 = T0.Over(ref slots[0]);
        T1 p1 = T1.Over(ref slots[1]);
        T2 p2 = T2.Over(ref slots[2]);
        T3 p3 = T3.Over(ref slots[3]);
        switch (_method)
        {
            case Func<T0, T1, T2, T3, TeeResult> call:
                return call(p0, p1, p2, p3);
            case Func<TaSession, T0, T1, T2, T3, TeeResult> call:
                return call(session, p0, p1, p2, p3);
            case Action<T0, T1, T2, T3> call:
                call(p0, p1, p2, p3);
                return Done;
            default:
                ((Action<TaSession, T0, T1, T2, T3>)_method)(session, p0, p1, p2, p3);
                return Done;
        }
    }
}

internal sealed class BoundRaw(TrustedApp ta, MethodInfo method) : BoundHandler
{
    private readonly Delegate _method = Bind(
        ta,
        method,
        typeof(Func<RawParameters, TeeResult>),
        typeof(Func<TaSession, RawParameters, TeeResult>),
        typeof(Action<RawParameters>),
        typeof(Action<TaSession, RawParameters>));

    internal override TeeResult Invoke(TaSession session, ParameterTypes types, Span<ParameterSlot> slots)
    {
        var parameters = new RawParameters(slots, types);
        switch (_method)
        {
            case Func<RawParameters, TeeResult> call:
                return call(parameters);
            case Func<TaSession, RawParameters, TeeResult> call:
                return call(session, parameters);
            case Action<RawParameters> call:
                call(parameters);
                return Done;
            default:
                ((Action<TaSession, RawParameters>)_method)(session, parameters);
                return Done;
        }
    }
}
