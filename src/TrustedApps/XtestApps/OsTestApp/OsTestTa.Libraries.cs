using System.Reflection;
using RestrictedTee.Contracts;
using RestrictedTee.Sdk;
using RestrictedTee.TrustedApps.OsTestLib;

namespace RestrictedTee.TrustedApps.XtestApps.OsTestApp;

/// <summary>
/// Code in several assemblies, as the original has it in several ELF files: one that is linked and one that is opened at run time, what is
/// initialised when, exceptions from one through another, what belongs to a thread.
/// </summary>
[TaLibrary(Loaded)]
public sealed partial class OsTestTa : IOsTestGlobal
{
    private const string Loaded = "RestrictedTee.TrustedApps.OsTestLibDl";

    private static readonly ConstructedObject CtorTest = new(1);
    private static readonly ThreadLocal<int> TlsA = new(), TlsB = new(() => 42);

    /// <summary>What the instance is linked with is initialised first, and then the TA (os_test_init).</summary>
    public OsTestTa()
    {
        _ = new LinkedLibrary(this);
        Global *= 10;
        Global += 1;
    }

    /// <summary>os_test_global: a field, since globals are an instance's own.</summary>
    public int Global { get; set; }

    [Command(OsTest.CommandCallLib)]
    public static TeeResult CallLib() => Check(LinkedLibrary.Add(1, 2) == 3);

    [Command(OsTest.CommandCallLibPanic)]
    public static TeeResult CallLibPanic()
    {
        LinkedLibrary.Panic();
        return TeeResult.Generic;
    }

    /// <summary>Opened again, it is found among what is there already, as by dlopen(NULL).</summary>
    [Command(OsTest.CommandCallLibDl)]
    public TeeResult CallLibDl()
    {
        ILoadedLibrary first = OpenLibrary<ILoadedLibrary>(Loaded), again = OpenLibrary<ILoadedLibrary>(Loaded);
        return Check(first.Add(3, 4) == 7 && again.Add(5, 6) == 11 && ReferenceEquals(first, again));
    }

    [Command(OsTest.CommandCallLibDlPanic)]
    public TeeResult CallLibDlPanic()
    {
        OpenLibrary<ILoadedLibrary>(Loaded).Panic();
        return TeeResult.Generic;
    }

    [Command(OsTest.CommandGetGlobalVar)]
    public void GetGlobalVar(ValueOutput value) => value.A = (uint)Global;

    [Command(OsTest.CommandTlsTestMain)]
    public static TeeResult TlsTestMain(RawParameters parameters) => Check(TlsA.Value == 0 && TlsB.Value == 42);

    [Command(OsTest.CommandTlsTestShlib)]
    public static TeeResult TlsTestShlib(RawParameters parameters) => Check(LinkedLibrary.ThreadValueA == 0 && LinkedLibrary.ThreadValueB == 123);

    [Command(OsTest.CommandDlPhdr)]
    public TeeResult DlPhdr(RawParameters parameters) => Check(LoadedAssemblies.Count >= 2 && LoadedAssemblies[0] == typeof(OsTestTa).Assembly);

    [Command(OsTest.CommandDlPhdrDl)]
    public TeeResult DlPhdrDl(RawParameters parameters)
    {
        Assembly library = OpenLibrary<ILoadedLibrary>(Loaded).GetType().Assembly;
        return Check(LoadedAssemblies.Count >= 3 && LoadedAssemblies.Contains(library));
    }

    [Command(OsTest.CommandCxxCtorMain)]
    public static TeeResult CxxCtorMain(RawParameters parameters) => Check(CtorTest.Value == 1);

    [Command(OsTest.CommandCxxCtorShlib)]
    public static TeeResult CxxCtorShlib(RawParameters parameters) => LinkedLibrary.Constructed();

    [Command(OsTest.CommandCxxCtorShlibDl)]
    public TeeResult CxxCtorShlibDl(RawParameters parameters) => OpenLibrary<ILoadedLibrary>(Loaded).Constructed();

    [Command(OsTest.CommandCxxExcMain)]
    public static TeeResult CxxExcMain(RawParameters parameters) => Catches(Throw);

    [Command(OsTest.CommandCxxExcMixed)]
    public static TeeResult CxxExcMixed(RawParameters parameters) => Catches(() => LinkedLibrary.Call(Throw));

    private static void Throw() => throw new OwnException();

    private static TeeResult Catches(Action thrower)
    {
        try
        {
            thrower();
        }
        catch (OwnException)
        {
            return TeeResult.Success;
        }

        return TeeResult.Generic;
    }

    private static TeeResult Check(bool holds) => holds ? TeeResult.Success : TeeResult.Generic;

    /// <summary>MyException, MixedFrameException.</summary>
    private sealed class OwnException : Exception;
}
