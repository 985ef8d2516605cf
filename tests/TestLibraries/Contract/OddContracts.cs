namespace RestrictedTee.TestContract;

/// <summary>Counts the objects of its class that were made, by a static field.</summary>
public interface ICounting
{
    uint Made { get; }

    /// <summary>How the class knew its TA.</summary>
    string Owner { get; }
}

/// <summary>Nothing in the library is one.</summary>
public interface INothing;

/// <summary>Two classes are.</summary>
public interface ITwice;

/// <summary>One is, and wants what nobody has.</summary>
public interface IDemanding;

/// <summary>One is, and panics while it is made.</summary>
public interface IPanicking;

/// <summary>One is, and opens itself while it is made.</summary>
public interface IRecursive;

/// <summary>One is, and refuses when it is disposed.</summary>
public interface IReluctant;

/// <summary>A TA of which a library has something opened.</summary>
public interface IOpener
{
    void Open<T>()
        where T : class;
}

/// <summary>One is, and refuses while it is made.</summary>
public interface IRefusing;
