using RestrictedTee.NormalWorld.Device;
using RestrictedTee.NormalWorld.Uapi;

namespace RestrictedTee.NormalWorld.Serving;

/// <summary>
/// Who may hold how many of the server's descriptors. A client, which is a process, may have one more as long as it has fewer
/// than are free: alone it gets half, of n greedy ones each gets an n+1st, and there is always a share left for the next one.
/// </summary>
/// <param name="total">What may be given out in all; what the server needs itself is not part of it.</param>
internal sealed class DescriptorBudget(int total)
{
    private readonly object _lock = new(); // protects _free, _accounts and what each account holds; a leaf
    private readonly Dictionary<int, Account> _accounts = [];
    private int _free = total;

    /// <summary>What is free at the moment, for tests.</summary>
    internal int Free
    {
        get
        {
            lock (_lock)
                return _free;
        }
    }

    /// <summary>The account of a process: the same one for as long as it holds anything.</summary>
    internal Account AccountOf(int pid)
    {
        lock (_lock)
            return _accounts.TryGetValue(pid, out Account? account) ? account : new Account(this, pid);
    }

    /// <summary>What one process holds.</summary>
    internal sealed class Account(DescriptorBudget budget, int pid)
    {
        private int _held;

        /// <summary>Takes one.</summary>
        /// <returns>False when the process has had its share.</returns>
        internal bool TryTake()
        {
            lock (budget._lock)
            {
                if (_held >= budget._free)
                    return false;
                if (_held == 0)
                    budget._accounts[pid] = this;
                _held++;
                budget._free--;
                return true;
            }
        }

        /// <summary>Takes one.</summary>
        /// <exception cref="TeeDriverException">EMFILE.</exception>
        internal void Take()
        {
            if (!TryTake())
                throw new TeeDriverException(Errno.EMFILE, $"The client holds {_held} descriptors of the server, which is its share; close some, or raise the server's limit (ulimit -n).");
        }

        internal void Return(int count = 1)
        {
            lock (budget._lock)
            {
                _held -= count;
                budget._free += count;
                if (_held == 0)
                    budget._accounts.Remove(pid);
            }
        }
    }
}
