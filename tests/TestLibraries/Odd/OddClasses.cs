using RestrictedTee.Sdk;
using RestrictedTee.TestContract;

namespace RestrictedTee.OddLibrary;

public sealed class Counting : ICounting, IDisposable
{
    private static uint s_made;

    public Counting(TrustedApp app)
    {
        Made = ++s_made;
        Owner = app.GetType().Name;
    }

    public uint Made { get; }

    public string Owner { get; }

    public void Dispose() => Tee.Trace(TraceLevel.Info, "the library's object was disposed");
}

public sealed class First : ITwice;

public sealed class Second : ITwice;

public sealed class Demanding(int number) : IDemanding
{
    public int Number { get; } = number;
}

public sealed class Panicking : IPanicking
{
    public Panicking() => Tee.Panic(0x11b);
}

public sealed class Refusing : IRefusing
{
    public Refusing() => throw new TeeException(TeeResult.Security, "not today");
}

public sealed class Recursive : IRecursive
{
    public Recursive(TrustedApp app) => ((IOpener)app).Open<IRecursive>();
}

public sealed class Reluctant : IReluctant, IDisposable
{
    public void Dispose() => throw new TeeException(TeeResult.Busy, "not now");
}
