namespace RestrictedTee.TrustedApps.OsTestLib;

/// <summary>A static object that is worth something once its constructor has run (CtorTest, OsTestLibCtorTest, OsTestLibDlCtorTest).</summary>
public sealed class ConstructedObject(int value)
{
    /// <summary>What the constructor was given.</summary>
    public int Value { get; } = value;
}
