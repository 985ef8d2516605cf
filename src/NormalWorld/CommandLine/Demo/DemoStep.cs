namespace RestrictedTee.CommandLine.Demo;

/// <summary>A step of the picture's way, and what the normal world tried then.</summary>
/// <param name="What">What happened.</param>
/// <param name="Who">Who touched the buffer.</param>
internal sealed record DemoStep(string What, string Who)
{
    /// <summary>What was tried, in this order.</summary>
    internal List<DemoTry> Tries { get; } = [];
}

/// <summary>What the normal world tried.</summary>
/// <param name="What">What.</param>
/// <param name="Answer">What came back.</param>
/// <param name="GotIn">Whether it told anything of the picture.</param>
internal sealed record DemoTry(string What, string Answer, bool GotIn);
