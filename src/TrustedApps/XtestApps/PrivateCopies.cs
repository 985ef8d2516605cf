using RestrictedTee.Sdk;

namespace RestrictedTee.TrustedApps.XtestApps;

/// <summary>The memory of up to four parameters, once more in secure RAM of the TA. Panics when it has not enough, as the original does.</summary>
internal readonly ref struct PrivateCopies : IDisposable
{
    private readonly SecureMemory?[] _copies = new SecureMemory?[ParameterTypes.Count];
    private readonly RawParameters _given;

    internal PrivateCopies(RawParameters given)
    {
        _given = given;
        for (int i = 0; i < _copies.Length; i++)
        {
            if (given.Types[i] >= ParameterType.MemrefInput)
                _copies[i] = Allocate(given.ToPass(i).Size);
            given.Readable(i).CopyTo(_copies[i] is { } copy ? copy.Span : []);
        }
    }

    /// <summary>The parameters, on the copies.</summary>
    internal TaOperation Operation() => new() { P0 = ToPass(0), P1 = ToPass(1), P2 = ToPass(2), P3 = ToPass(3) };

    /// <summary>Gives the client what came into the copies of its outputs.</summary>
    internal void CopyBack(in TaOperation operation)
    {
        CopyBack(0, operation.P0);
        CopyBack(1, operation.P1);
        CopyBack(2, operation.P2);
        CopyBack(3, operation.P3);
    }

    /// <summary>Frees them.</summary>
    public void Dispose()
    {
        foreach (SecureMemory? copy in _copies)
            copy?.Dispose();
    }

    private static SecureMemory Allocate(int size)
    {
        try
        {
            return SecureMemory.Allocate(size);
        }
        catch (TeeException)
        {
            Tee.Panic(0);
            throw;
        }
    }

    private TaParam ToPass(int index) => _given.Types[index] switch
    {
        ParameterType.MemrefInput => TaParam.Input(_copies[index]!.Span),
        ParameterType.MemrefOutput => TaParam.Output(_copies[index]!.Span),
        ParameterType.MemrefInOut => TaParam.InOut(_copies[index]!.Span),
        _ => _given.ToPass(index),
    };

    private void CopyBack(int index, in TaParam answer)
    {
        Span<byte> destination = _given.Writable(index);
        if (answer.Size <= destination.Length)
            _copies[index]?.Span[..answer.Size].CopyTo(destination);
    }
}
