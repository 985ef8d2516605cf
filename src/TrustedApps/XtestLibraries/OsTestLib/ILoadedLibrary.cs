using RestrictedTee.Sdk;

namespace RestrictedTee.TrustedApps.OsTestLib;

/// <summary>The functions of the library that is opened at run time (optee_test ta/os_test_lib_dl/include/os_test_lib_dl.h), which is all that its caller knows of it.</summary>
public interface ILoadedLibrary
{
    /// <summary>os_test_shlib_dl_add.</summary>
    int Add(int a, int b);

    /// <summary>os_test_shlib_dl_panic.</summary>
    void Panic();

    /// <summary>os_test_shlib_dl_cxx_ctor: whether the library's static objects were made before anybody could ask.</summary>
    TeeResult Constructed();
}
