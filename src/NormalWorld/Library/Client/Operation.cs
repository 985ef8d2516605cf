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

    private readonly object _lock = new(); // protects _context, _session and CancelId; a leaf
    private readonly Parameter[] _parameters = new Parameter[ParameterCount];
    private TeeContext? _context;
    private uint _session;

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
    /// TEEC_RequestCancellation: asks the TEE to give the request up, from the moment on at which it was made: while it waits for its
    /// turn it ends at once; once the TA has it, whether and when it does is up to the TA. A request that is not under way is left alone.
    /// </summary>
    public void RequestCancellation() => UnderWay.Cancel();

    /// <summary>What to cancel at this moment.</summary>
    internal CancellationTarget UnderWay
    {
        get
        {
            lock (_lock)
                return new CancellationTarget(_context, _session, CancelId);
        }
    }

    /// <summary>From now on it can be cancelled, in a session or, with 0, on the way to one.</summary>
    /// <returns>False when it is under way already.</returns>
    internal bool TryBegin(TeeContext context, uint session)
    {
        lock (_lock)
        {
            if (_context is not null)
                return false;
            do
                CancelId = unchecked((uint)Interlocked.Increment(ref s_lastCancelId));
            while (CancelId == 0);
            (_context, _session) = (context, session);
            return true;
        }
    }

    internal void End()
    {
        lock (_lock)
            _context = null;
    }
}
