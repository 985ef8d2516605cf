using System.Runtime.CompilerServices;
using RestrictedTee.Contracts;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.Device;
using RestrictedTee.NormalWorld.Peripherals;
using RestrictedTee.NormalWorld.Uapi;

namespace RestrictedTee.Xtest.Framework;

/// <summary>
/// One case while it runs: sub-cases, expectations, and the counts that xtest users know. An expectation that fails is
/// reported with its place and the case goes on, as in the original.
/// </summary>
internal sealed class CaseRun(XtestCase @case, XtestHost host)
{
    private readonly Stack<SubCase> _open = new();
    private readonly object _lock = new(); // protects the counts; expectations come from several threads
    private readonly List<string> _results = [];

    /// <summary>A context of the client API that lasts for the case.</summary>
    internal TeeContext Tee => host.Context;

    /// <summary>Opens another context.</summary>
    internal TeeContext OpenContext() => host.OpenContext();

    /// <summary>FF-A; for cases that need it.</summary>
    internal FfaUserDevice Ffa => host.Ffa ?? throw new InvalidOperationException("The case does not say that it needs FF-A.");

    /// <summary>The board's devices; for cases that need the driver.</summary>
    internal BoardPeripherals Peripherals => host.Peripherals ?? throw new InvalidOperationException("The case does not say that it needs the driver.");

    /// <summary>0 to 15: how thorough to be.</summary>
    internal int Level => host.Level;

    internal int Expectations { get; private set; }

    internal int Failures { get; private set; }

    /// <summary>One line a failed sub-case, for the summary.</summary>
    internal IReadOnlyList<string> FailedSubCases => _results;

    /// <summary>A line of information.</summary>
    internal void Log(string text) => host.Output.WriteLine("    " + text);

    /// <summary>Begins a sub-case, which ends when disposed.</summary>
    internal SubCase Begin(string title)
    {
        var subCase = new SubCase(this, _open.TryPeek(out SubCase? parent) ? parent : null, title);
        _open.Push(subCase);
        host.Output.WriteLine(subCase.IsMain ? $"\n* {subCase.Id} {title}" : $"o {subCase.Id} {title}");
        return subCase;
    }

    internal bool Expect(bool condition, string expectation, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        lock (_lock)
        {
            Expectations++;
            if (condition)
                return true;
            Failures++;
            if (_open.TryPeek(out SubCase? subCase))
                subCase.Fail($"{Path.GetFileName(file)}:{line}");
        }

        host.Output.WriteLine($"{Path.GetFileName(file)}:{line}: expected {expectation}");
        return false;
    }

    internal bool ExpectSuccess(TeecResult result, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        ExpectResult(TeecResult.Success, result, file, line);

    internal bool ExpectResult(TeecResult expected, TeecResult actual, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Expect(actual == expected, $"{expected}, got {actual} (0x{(uint)actual:x8})", file, line);

    internal bool ExpectOrigin(TeecOrigin expected, TeecOrigin actual, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Expect(actual == expected, $"origin {expected}, got {actual}", file, line);

    internal bool ExpectBytes(ReadOnlySpan<byte> expected, ReadOnlySpan<byte> actual, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Expect(expected.SequenceEqual(actual), $"{expected.Length} particular bytes, got others", file, line);

    /// <summary>Opens a public session without parameters; a failure is an unmet expectation and null.</summary>
    internal TeeSession? Open(Guid uuid, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        TeecResult result = Tee.TryOpenSession(uuid, TeecLogin.Public, 0, null, out TeeSession? session, out _);
        ExpectResult(TeecResult.Success, result, file, line);
        return session;
    }

    private void End(SubCase subCase)
    {
        while (_open.TryPop(out SubCase? top) && top != subCase)
        {
        }

        host.Output.WriteLine($"  {subCase.Id} {(subCase.FirstFailure is null ? "OK" : "FAILED")}");
        if (subCase.FirstFailure is not null)
            _results.Add($"{subCase.Id} FAILED first error at {subCase.FirstFailure}");
    }

    /// <summary>One sub-case.</summary>
    internal sealed class SubCase : IDisposable
    {
        private readonly CaseRun _run;
        private readonly SubCase? _parent;
        private int _children;

        internal SubCase(CaseRun run, SubCase? parent, string title)
        {
            _run = run;
            _parent = parent;
            Title = title;
            Id = parent is null ? run.Case.Id : $"{parent.Id}.{++parent._children}";
        }

        internal string Id { get; }

        internal string Title { get; }

        internal bool IsMain => _parent is null;

        internal string? FirstFailure { get; private set; }

        internal void Fail(string place)
        {
            for (SubCase? at = this; at is not null; at = at._parent)
                at.FirstFailure ??= place;
        }

        public void Dispose() => _run.End(this);
    }

    internal XtestCase Case => @case;
}

/// <summary>What the cases run against, and where they write to.</summary>
internal sealed class XtestHost(Func<TeeContext> open, int level, TextWriter output, FfaUserDevice? ffa = null, BoardPeripherals? peripherals = null) : IDisposable
{
    private static readonly Guid[] TestPartitions = [EchoPartitions.Uuid1, EchoPartitions.Uuid2, EchoPartitions.Uuid3, EchoPartitions.LogicalUuid];

    private readonly Lazy<TeeContext> _context = new(open);

    internal TeeContext Context => _context.Value;

    internal int Level => level;

    internal TextWriter Output => output;

    /// <summary>Null over SMC, and for a TEE of another process.</summary>
    internal FfaUserDevice? Ffa => ffa;

    /// <summary>Whether the board has all the partitions that exist to be tested with.</summary>
    internal bool HasTestPartitions { get; } = ffa is not null && Array.TrueForAll(TestPartitions, ffa.HasPartition);

    /// <summary>Null for a TEE of another process, where the devices are then.</summary>
    internal BoardPeripherals? Peripherals => peripherals;

    internal bool HasHeap(string name) => Context.Heaps.Any(heap => heap.Name == name);

    internal TeeContext OpenContext() => open();

    public void Dispose()
    {
        if (_context.IsValueCreated)
            _context.Value.Dispose();
    }
}
