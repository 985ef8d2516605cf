using System;
using RestrictedTee.Sdk;
using RestrictedTee.TestContract;

namespace RestrictedTee.TestTas;

/// <summary>Opens libraries in every way, right and wrong.</summary>
[TrustedApp("0b5d5c8e-1f0a-4b57-9c44-52f6d8a1e0e2")]
[TaLibrary(Odd)]
public sealed class OddLibraryTa : TrustedApp, IOpener
{
    private const string Odd = "RestrictedTee.OddLibrary";

    private readonly TeeResult _early;
    private bool _refuses;

    public OddLibraryTa()
    {
        try
        {
            OpenLibrary<ICounting>(Odd);
        }
        catch (TeeException e)
        {
            _early = e.Result;
        }
    }

    /// <summary>How many objects were made when this one was, how many assemblies there were before and after, and whether it is the same again.</summary>
    [Command(0)]
    public void Count(ValueOutput made, ValueOutput assemblies)
    {
        assemblies.A = (uint)LoadedAssemblies.Count;
        ICounting counting = OpenLibrary<ICounting>(Odd);
        made.A = counting.Made;
        made.B = ReferenceEquals(counting, OpenLibrary<ICounting>(Odd)) && counting.Owner == nameof(OddLibraryTa) ? 1u : 0;
        assemblies.B = (uint)LoadedAssemblies.Count;
    }

    [Command(1)]
    public void Open(ValueInput which) => _ = which.A switch
    {
        0 => OpenLibrary<object>("System.Private.CoreLib"),
        1 => OpenLibrary<INothing>(Odd),
        2 => OpenLibrary<ITwice>(Odd),
        3 => OpenLibrary<IDemanding>(Odd),
        4 => OpenLibrary<IPanicking>(Odd),
        5 => OpenLibrary<IRefusing>(Odd),
        6 => OpenLibrary<IRecursive>(Odd),
        7 => OpenLibrary<IReluctant>(Odd),
        _ => throw new TeeException(TeeResult.BadParameters),
    };

    [Command(2)]
    public TeeResult OpenedInTheConstructor() => _early;

    /// <summary>When it is destroyed.</summary>
    [Command(3)]
    public void Refuse() => _refuses = true;

    public void Open<T>()
        where T : class => OpenLibrary<T>(Odd);

    protected override void Destroy()
    {
        if (_refuses)
            throw new TeeException(TeeResult.Busy);
    }
}
