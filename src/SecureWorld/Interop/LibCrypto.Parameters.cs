using System.Runtime.InteropServices;

namespace RestrictedTee.SecureWorld.Interop;

/// <summary>What a value of a parameter is (OSSL_PARAM_* in openssl/params.h).</summary>
internal enum ParameterKind : uint
{
    /// <summary>A number without a sign, in the machine's order of bytes.</summary>
    Number = 2,

    /// <summary>Text in UTF-8.</summary>
    Text = 4,

    /// <summary>Bytes.</summary>
    Bytes = 5,
}

/// <summary>OSSL_PARAM: a name and a value, which both lie elsewhere. A list of them ends with an empty one.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct Parameter
{
    private byte* _name;
    private ParameterKind _kind;
    private byte* _value;
    private nuint _size;
    private nuint _returned;

    /// <param name="name">The name, with a zero byte after it.</param>
    /// <param name="kind">What the value is.</param>
    /// <param name="value">The value.</param>
    /// <param name="size">Its bytes.</param>
    internal static Parameter Of(byte* name, ParameterKind kind, byte* value, nuint size) =>
        new() { _name = name, _kind = kind, _value = value, _size = size, _returned = nuint.MaxValue };
}

/// <summary>Parameters: how 3.0 and later are told what has a name.</summary>
internal static partial class LibCrypto
{
    /// <summary>Whether the library has them.</summary>
    internal static bool HasParameters => IsAvailable && NativeLibrary.TryGetExport(Loaded, "EVP_PKEY_fromdata", out _);
}
