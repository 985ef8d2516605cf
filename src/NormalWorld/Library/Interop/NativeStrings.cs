using System.Runtime.InteropServices;

namespace RestrictedTee.NormalWorld.Interop;

/// <summary>Strings as <c>char **</c> with a null at the end.</summary>
internal sealed unsafe class NativeStrings : IDisposable
{
    private readonly int _count;

    internal NativeStrings(IReadOnlyList<string> strings)
    {
        _count = strings.Count;
        Pointer = (byte**)NativeMemory.AllocZeroed((nuint)_count + 1, (nuint)sizeof(byte*));
        for (int i = 0; i < _count; i++)
            Pointer[i] = (byte*)Marshal.StringToCoTaskMemUTF8(strings[i]);
    }

    internal byte** Pointer { get; }

    public void Dispose()
    {
        for (int i = 0; i < _count; i++)
            Marshal.FreeCoTaskMem((nint)Pointer[i]);
        NativeMemory.Free(Pointer);
    }
}
