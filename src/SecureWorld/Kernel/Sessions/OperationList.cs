namespace RestrictedTee.SecureWorld.Kernel.Sessions;

/// <summary>
/// The operations that a client can cancel by their id, in one session or on the way to one. The kernel's lock protects it.
/// </summary>
internal sealed class OperationList
{
    /// <summary>Requests to cancel that arrived before their operation are few: what comes on top pushes out the oldest.</summary>
    private const int MaxEarly = 16;

    private readonly List<Operation> _operations = [];
    private readonly List<uint> _early = [];

    /// <summary>Makes an operation known, so that it can be cancelled from now on; it may have been already.</summary>
    internal void Add(Operation operation)
    {
        _operations.Add(operation);
        if (operation.CancelId != 0 && _early.Remove(operation.CancelId))
            operation.Cancel();
    }

    internal void Remove(Operation operation) => _operations.Remove(operation);

    /// <summary>
    /// Asks for cancellation; 0 means whatever is under way. A request may overtake the operation that it is meant for, because
    /// it travels on a conduit of its own; it is then kept until the operation with that id begins.
    /// </summary>
    internal void Cancel(uint cancelId)
    {
        bool found = false;
        foreach (Operation operation in _operations)
        {
            if (operation.Closes || (cancelId != 0 && operation.CancelId != cancelId))
                continue; // a close that gives up its turn would end the instance under the call that has it
            operation.Cancel();
            found = true;
        }

        if (found || cancelId == 0)
            return;
        if (_early.Count == MaxEarly)
            _early.RemoveAt(0);
        _early.Add(cancelId);
    }

    /// <summary>Cancels everything but what ends the session.</summary>
    internal void CancelForClose()
    {
        foreach (Operation operation in _operations)
        {
            if (!operation.Closes)
                operation.Cancel();
        }
    }
}
