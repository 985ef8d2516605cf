using System.Reflection;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace RestrictedTee.SecureWorld.Interop;

/// <summary>
/// The system's libcrypto, that which .NET's own cryptography stands on. Of it only what 1.1 and 3 have in common (openssl/evp.h):
/// lengths are ints, 1 is success, and a name stands for an algorithm.
/// </summary>
internal static partial class LibCrypto
{
    private const string Library = "libcrypto";

    /// <summary>As .NET looks for it: the newest first.</summary>
    private static readonly string[] FileNames = ["libcrypto.so.3", "libcrypto.so.1.1"];

    private static readonly nint Loaded = Load();

    /// <summary>Whether there is one.</summary>
    internal static bool IsAvailable => Loaded != 0;

    /// <summary>For a call that can fail of a defect only, be it here or there: which is all that it may tell.</summary>
    private static void Check(int result, string call)
    {
        if (result == 1)
            return;
        ErrClearError(); // .NET reads the same queue
        throw new CryptographicException($"{call} failed.");
    }

    private static nint Load()
    {
        nint library = 0;
        foreach (string name in FileNames)
        {
            if (NativeLibrary.TryLoad(name, out library))
                break;
        }

        NativeLibrary.SetDllImportResolver(typeof(LibCrypto).Assembly, (name, _, _) => name == Library ? library : 0);
        return library;
    }

    [LibraryImport(Library, EntryPoint = "ERR_clear_error")]
    private static partial void ErrClearError();
}
