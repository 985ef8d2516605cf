using RestrictedTee.NormalWorld.Interop;

namespace RestrictedTee.NormalWorld.UserPages;

/// <summary>The files that have replaced pages of clients, until all of their pages are the client's own again, or their processes have gone.</summary>
internal sealed class PageTable : IDisposable
{
    private readonly object _lock = new(); // protects the files and their uses; a leaf
    private readonly Dictionary<FileIdentity, PageFile> _files = [];
    private int _count;

    /// <summary>Whether no client's pages have been replaced; without a lock, for who only wants to know whether to look closer.</summary>
    internal bool IsEmpty => Volatile.Read(ref _count) == 0;

    internal PageFile? Find(ProcessMapping mapping)
    {
        lock (_lock)
            return _files.GetValueOrDefault(mapping.File);
    }

    /// <summary>Takes a file over.</summary>
    internal void Add(PageFile file)
    {
        lock (_lock)
        {
            _files.Add(file.Identity, file);
            Volatile.Write(ref _count, _files.Count);
        }
    }

    /// <summary>A registration of some of its pages begins, and has a reference.</summary>
    internal void Use(PageFile file)
    {
        file.AddReference();
        lock (_lock)
            file.Uses = (file.Uses.Count + 1, 0);
    }

    /// <summary>It has ended.</summary>
    internal void EndUse(PageFile file)
    {
        lock (_lock)
            file.Uses = (file.Uses.Count - 1, Environment.TickCount64);
        file.Dispose();
    }

    /// <summary>Whether there are files of which nothing is registered.</summary>
    internal bool HasIdle
    {
        get
        {
            lock (_lock)
                return _files.Values.Any(file => file.Uses.Count == 0);
        }
    }

    /// <summary>Files of which nothing has been registered for so long.</summary>
    internal PageFile[] IdleFor(TimeSpan time)
    {
        long before = Environment.TickCount64 - (long)time.TotalMilliseconds;
        lock (_lock)
            return [.. _files.Values.Where(file => file.Uses is { Count: 0, IdleSince: var since } && since <= before)];
    }

    /// <summary>Nobody has it mapped any more.</summary>
    internal void Remove(PageFile file)
    {
        lock (_lock)
        {
            if (!_files.Remove(file.Identity))
                return;
            Volatile.Write(ref _count, _files.Count);
        }

        file.Dispose();
    }

    public void Dispose()
    {
        PageFile[] all;
        lock (_lock)
        {
            all = [.. _files.Values];
            _files.Clear();
        }

        Array.ForEach(all, file => file.Dispose());
    }
}
