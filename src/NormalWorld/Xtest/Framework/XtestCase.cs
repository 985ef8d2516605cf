namespace RestrictedTee.Xtest.Framework;

/// <summary>Whether a case of the original can be run here.</summary>
internal enum CaseStatus
{
    /// <summary>It runs.</summary>
    Served,

    /// <summary>It needs what managed code does not have: native libraries, ELF, CPU features.</summary>
    NotApplicable,

    /// <summary>It needs a part of the TEE that does not exist here yet.</summary>
    NotServed,
}

/// <summary>One case, under the number that it has in the original.</summary>
/// <param name="Id">For example "regression_1001".</param>
/// <param name="Title">The original's title.</param>
/// <param name="Run">The body; null for a case that cannot be run.</param>
/// <param name="Status">Whether it can be.</param>
/// <param name="Note">Why not.</param>
internal sealed record XtestCase(string Id, string Title, Action<CaseRun>? Run, CaseStatus Status = CaseStatus.Served, string Note = "")
{
    /// <summary>The case makes FF-A calls itself, so it needs that conduit, and the test partitions to make them with.</summary>
    internal bool NeedsFfa { get; init; }

    /// <summary>The case drives devices, so it runs in the process that has the driver.</summary>
    internal bool NeedsDriver { get; init; }

    /// <summary>A device that the case drives, and not every board has; null when it drives none.</summary>
    internal string? NeedsDevice { get; init; }

    /// <summary>A heap that the case needs and not every board has; null when it needs none.</summary>
    internal string? NeedsHeap { get; init; }

    /// <summary>An embedded board that has this heap.</summary>
    internal string? BoardWithHeap { get; init; }

    /// <summary>Why it is never run, in the words of a report; null for one that is.</summary>
    internal string? WhyNotRun => Status switch
    {
        CaseStatus.NotApplicable => $"not applicable: {Note}",
        CaseStatus.NotServed => $"not served yet: {Note}",
        _ => null,
    };

    internal static XtestCase NotApplicable(string id, string title, string why) => new(id, title, null, CaseStatus.NotApplicable, why);

    internal static XtestCase NotServed(string id, string title, string why) => new(id, title, null, CaseStatus.NotServed, why);
}
