using RestrictedTee.NormalWorld.Uapi;

namespace RestrictedTee.NormalWorld.Client;

/// <summary>
/// The parameters of one request (TEEC_Operation), and the means to cancel it. May be used again once the request has ended.
/// </summary>
public sealed class Operation
{
    /// <summary>How many parameters a request has.</summary>
    public const int ParameterCount = 4;

    private static int s_lastCancelId;

    private readonly object _lock = new(); // protects _session
    private readonly Parameter[] _parameters = new Parameter[ParameterCount];
    private TeeSession? _session;

    /// <summary>With up to four parameters.</summary>
    /// <exception cref="ArgumentException">There are more.</exception>
    public Operation(params ReadOnlySpan<Parameter> parameters)
    {
        if (parameters.Length > ParameterCount)
            throw new ArgumentException($"An operation has at most {ParameterCount} parameters, not {parameters.Length}.", nameof(parameters));
        parameters.CopyTo(_parameters);
    }

    /// <summary>One parameter; set it before the request, read results off it afterwards.</summary>
    public ref Parameter this[int index] => ref _parameters[index];

    internal uint CancelId { get; private set; }

    /// <summary>
    /// TEEC_RequestCancellation: asks the TA to stop. Whether and when it does is up to the TA; a request that is not under way is
    /// left alone.
    /// </summary>
    public void RequestCancellation()
    {
        TeeSession? session;
        lock (_lock)
            session = _session;
        session?.Cancel(CancelId);
    }

    internal void Begin(TeeSession? session)
    {
        lock (_lock)
        {
            if (_session is not null)
                throw new TeecException(TeecResult.BadState, TeecOrigin.Api, "The operation is already under way");
            CancelId = unchecked((uint)Interlocked.Increment(ref s_lastCancelId));
            if (CancelId == 0)
                CancelId = unchecked((uint)Interlocked.Increment(ref s_lastCancelId));
            _session = session;
        }
    }

    internal void End()
    {
        lock (_lock)
            _session = null;
    }
}
