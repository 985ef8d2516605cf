using RestrictedTee.Sdk;

namespace RestrictedTee.TrustedApps.OsTestLib;

/// <summary>
/// os_test_lib (optee_test ta/os_test_lib, ffd2bded-ab7d-4988-95ee-e4962fff7154 there): the library that the TA is linked with, which is an
/// assembly that it refers to. An object of it is its part in one instance.
/// </summary>
public sealed class LinkedLibrary
{
    private static readonly ConstructedObject CtorTest = new(2);
    private static readonly ThreadLocal<int> TlsA = new(), TlsB = new(() => 123);

    /// <summary>os_test_shlib_init: before the TA's own.</summary>
    public LinkedLibrary(IOsTestGlobal app)
    {
        app.Global *= 10;
        app.Global += 2;
    }

    /// <summary>os_test_shlib_tls_a: 0 on each thread.</summary>
    public static int ThreadValueA => TlsA.Value;

    /// <summary>os_test_shlib_tls_b: 123 on each thread.</summary>
    public static int ThreadValueB => TlsB.Value;

    /// <summary>os_test_shlib_add.</summary>
    public static int Add(int a, int b) => a + b;

    /// <summary>os_test_shlib_panic.</summary>
    public static void Panic() => Tee.Panic(0);

    /// <summary>os_test_shlib_cxx_ctor.</summary>
    public static TeeResult Constructed() => CtorTest.Value == 2 ? TeeResult.Success : TeeResult.Generic;

    /// <summary>A frame of other code between who throws and who catches; in the original throwing_c_func, in C between C++.</summary>
    public static void Call(Action thrower) => thrower();
}
