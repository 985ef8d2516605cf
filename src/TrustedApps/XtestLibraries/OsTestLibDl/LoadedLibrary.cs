using RestrictedTee.Sdk;
using RestrictedTee.TrustedApps.OsTestLib;

namespace RestrictedTee.TrustedApps.OsTestLibDl;

/// <summary>os_test_lib_dl (optee_test ta/os_test_lib_dl, b3091a65-9751-4784-abf7-0298a7cc35ba there): the library that the TA opens at run time.</summary>
public sealed class LoadedLibrary : ILoadedLibrary
{
    private static readonly ConstructedObject CtorTest = new(2);

    /// <summary>os_test_shlib_dl_init.</summary>
    public LoadedLibrary(IOsTestGlobal app)
    {
        app.Global *= 10;
        app.Global += 3;
    }

    /// <inheritdoc/>
    public int Add(int a, int b) => a + b;

    /// <inheritdoc/>
    public void Panic() => Tee.Panic(0);

    /// <inheritdoc/>
    public TeeResult Constructed() => CtorTest.Value == 2 ? TeeResult.Success : TeeResult.Generic;
}
