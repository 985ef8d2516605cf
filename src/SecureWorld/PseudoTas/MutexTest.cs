using RestrictedTee.Contracts;
using RestrictedTee.Sdk;

namespace RestrictedTee.SecureWorld.PseudoTas;

/// <summary>
/// The read/write mutex test of xtest 1003 (core/pta/tests/mutex.c upstream): writers keep an invariant between two numbers
/// that readers check, and both report how many were waiting and how many inside.
/// </summary>
internal sealed class MutexTest
{
    private readonly ReaderWriterLockSlim _lock = new();
    private int _writersBefore;
    private int _readersBefore;
    private int _writersDuring;
    private int _readersDuring;
    private ulong _value0;
    private ulong _value1;

    internal TeeResult Run(ValueInput test, ValueOutput concurrency) => test.A switch
    {
        InvokeTests.MutexWriter => Write(test.B, concurrency),
        InvokeTests.MutexReader => Read(test.B, concurrency),
        _ => TeeResult.BadParameters,
    };

    private TeeResult Write(uint rounds, ValueOutput concurrency)
    {
        concurrency.A = (uint)Interlocked.Increment(ref _writersBefore);
        _lock.EnterWriteLock();
        try
        {
            Interlocked.Decrement(ref _writersBefore);
            concurrency.B = (uint)Interlocked.Increment(ref _writersDuring);
            for (uint n = 0; n < rounds; n++)
            {
                Volatile.Write(ref _value0, unchecked(_value0 + 1));
                Volatile.Write(ref _value1, unchecked(_value1 + 1));
                Volatile.Write(ref _value1, unchecked(_value1 + 1));
            }

            Interlocked.Decrement(ref _writersDuring);
            return TeeResult.Success;
        }
        finally
        {
            _lock.ExitWriteLock();
        }
    }

    private TeeResult Read(uint rounds, ValueOutput concurrency)
    {
        concurrency.A = (uint)Interlocked.Increment(ref _readersBefore);
        _lock.EnterReadLock();
        try
        {
            Interlocked.Decrement(ref _readersBefore);
            concurrency.B = (uint)Interlocked.Increment(ref _readersDuring);
            TeeResult result = TeeResult.Success;
            for (uint n = 0; n < rounds; n++)
            {
                if (unchecked(Volatile.Read(ref _value0) * 2) != Volatile.Read(ref _value1))
                    result = TeeResult.BadState;
            }

            Interlocked.Decrement(ref _readersDuring);
            return result;
        }
        finally
        {
            _lock.ExitReadLock();
        }
    }
}
