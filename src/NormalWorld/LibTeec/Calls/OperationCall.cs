using RestrictedTee.LibTeec.Abi;
using RestrictedTee.LibTeec.Contexts;
using RestrictedTee.NormalWorld.Client;

namespace RestrictedTee.LibTeec.Calls;

/// <summary>A call with a TEEC_Operation, which names it until its end.</summary>
internal readonly unsafe ref struct OperationCall
{
    private readonly TeecOperation* _operation;
    private readonly CallSlot _slot;

    internal OperationCall(TeecOperation* operation)
    {
        _operation = operation;
        _slot = CallSlots.Rent();
        Volatile.Write(ref operation->Call, _slot.Begin());
    }

    internal Operation Operation => _slot.Operation;

    /// <inheritdoc cref="OperationParameters.TryRead(TeecOperation*, ClientContext, CallSlot)"/>
    internal bool TryRead(ClientContext context) => OperationParameters.TryRead(_operation, context, _slot);

    /// <inheritdoc cref="OperationParameters.Write"/>
    internal void Write() => OperationParameters.Write(_slot, _operation);

    public void Dispose()
    {
        _slot.End();
        CallSlots.Return(_slot);
    }
}
