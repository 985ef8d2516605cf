using RestrictedTee.NormalWorld.Uapi;

namespace RestrictedTee.NormalWorld.Client;

/// <summary>A session to a trusted application (TEEC_Session). Closed when disposed, at the latest with its context.</summary>
public sealed class TeeSession : IDisposable, IAsyncDisposable
{
    private readonly TeeContext _context;
    private int _closed;

    internal TeeSession(TeeContext context, uint id)
    {
        _context = context;
        Id = id;
    }

    /// <summary>The session id, which means something in this context only.</summary>
    public uint Id { get; }

    /// <summary>
    /// TEEC_InvokeCommand, reporting the outcome instead of throwing it: BAD_STATE from the API for a session that is closed or an
    /// operation that is under way already. Allocates nothing for an operation that is used again.
    /// </summary>
    public TeecResult TryInvoke(uint command, Operation? operation, out TeecOrigin origin) =>
        Run(command, operation, CancellationToken.None, out origin);

    /// <summary>TEEC_InvokeCommand.</summary>
    /// <param name="command">The TA's command number.</param>
    /// <param name="operation">Parameters.</param>
    /// <param name="cancellationToken">Asks the TA to stop; it may take its time.</param>
    /// <exception cref="TeecException">The outcome was not success.</exception>
    /// <exception cref="OperationCanceledException">The TA stopped because it was asked to.</exception>
    public void Invoke(uint command, Operation? operation = null, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (cancellationToken.CanBeCanceled)
            operation ??= new Operation();
        TeecResult result = Run(command, operation, cancellationToken, out TeecOrigin origin);
        if (result == TeecResult.Cancel)
            cancellationToken.ThrowIfCancellationRequested();
        if (result != TeecResult.Success)
            throw new TeecException(result, origin, $"Command {command} failed");
    }

    /// <summary>As <see cref="Invoke"/>, on another thread: a call into the TEE holds its thread until it returns.</summary>
    public Task InvokeAsync(uint command, Operation? operation = null, CancellationToken cancellationToken = default) =>
        Task.Factory.StartNew(() => Invoke(command, operation, cancellationToken), cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>TEEC_CloseSession.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _closed, 1) == 0)
            _context.Close(this);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    private TeecResult Run(uint command, Operation? operation, CancellationToken cancellationToken, out TeecOrigin origin)
    {
        origin = TeecOrigin.Api;
        if (Volatile.Read(ref _closed) != 0 || operation?.TryBegin(_context, Id) == false)
            return TeecResult.BadState;
        var argument = new TeeIoctlInvokeArg { Func = command, Session = Id, CancelId = operation?.CancelId ?? 0 };
        try
        {
            // Only an operation that has begun can be cancelled, so a token that is cancelled meanwhile is looked at from here on.
            using CancellationTokenRegistration registration =
                cancellationToken.UnsafeRegister(static op => ((Operation)op!).RequestCancellation(), operation);
            return _context.Requests.Run(operation, ref argument, out origin);
        }
        finally
        {
            operation?.End();
        }
    }
}
