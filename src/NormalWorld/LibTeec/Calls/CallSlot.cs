using RestrictedTee.LibTeec.Abi;
using RestrictedTee.LibTeec.Contexts;
using RestrictedTee.NormalWorld.Client;

namespace RestrictedTee.LibTeec.Calls;

/// <summary>What one call needs, kept for the next one, so that a call allocates nothing.</summary>
/// <remarks>
/// A TEEC_Operation has eight bytes for the implementation. They name the slot and which of its calls it is, so that a cancellation finds
/// the call that is under way, and none where there is none, whatever the program has made of these bytes.
/// </remarks>
internal sealed class CallSlot
{
    private readonly object _lock = new(); // protects _serial
    private readonly ForeignMemory[] _temporary = new ForeignMemory[TeecOperation.ParameterCount];
    private readonly int _number;
    private uint _serial;

    internal CallSlot(int number)
    {
        _number = number;
        for (int i = 0; i < _temporary.Length; i++)
            _temporary[i] = new ForeignMemory();
    }

    /// <summary>The parameters, and the means to cancel.</summary>
    internal Operation Operation { get; } = new();

    internal ForeignMemory TemporaryOf(int parameter) => _temporary[parameter];

    /// <summary>A call begins.</summary>
    /// <returns>Its name.</returns>
    internal long Begin()
    {
        lock (_lock)
            return ((long)_number << 32) | (_serial = unchecked(_serial + 1));
    }

    /// <summary>It has ended, and its name means nothing any more.</summary>
    internal void End()
    {
        lock (_lock)
            _serial = unchecked(_serial + 1);
        for (int i = 0; i < TeecOperation.ParameterCount; i++)
            Operation[i] = default;
    }

    /// <summary>Cancels the call of that serial number, if it is under way. Asked of the TEE without the lock: cancellations have ids of their own.</summary>
    internal void Cancel(uint serial)
    {
        CancellationTarget target;
        lock (_lock)
        {
            if (_serial != serial)
                return;
            target = Operation.UnderWay;
        }

        target.Cancel();
    }
}
