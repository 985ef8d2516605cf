using System.Runtime.InteropServices;
using RestrictedTee.Contracts;

namespace RestrictedTee.CommandLine.DropIn;

/// <summary>
/// libteec.so.2 as a program in C has it: by its functions and the layout of its structures (GPD_SPE_007; sizes and offsets are libteec's, for
/// 64-bit machines). It connects to the TEE that the environment of this process names.
/// </summary>
internal sealed unsafe class DropInClient : IDisposable
{
    private const int ContextSize = 8, SessionSize = 16, MemorySize = 56, OperationSize = 112, ParameterSize = 24;
    private const int ParametersOffset = 8;
    private const uint TempInput = 5, PartialInput = 0xD, MemoryInput = 1;

    private readonly delegate* unmanaged[Cdecl]<byte*, uint, byte*, uint*, uint> _invoke;
    private readonly delegate* unmanaged[Cdecl]<byte*, byte*, Guid*, uint, void*, byte*, uint*, uint> _open;
    private readonly delegate* unmanaged[Cdecl]<byte*, void> _close;
    private readonly delegate* unmanaged[Cdecl]<byte*, void> _finalize;
    private readonly byte* _context = Zeroed(ContextSize);
    private readonly byte* _session = Zeroed(SessionSize);
    private readonly byte* _passing = Zeroed(SessionSize);
    private readonly byte* _temporary = Zeroed(OperationSize);
    private readonly byte* _shared = Zeroed(OperationSize);
    private readonly byte* _memory = Zeroed(MemorySize);

    internal DropInClient(string library, int temporarySize, int sharedSize)
    {
        nint loaded = NativeLibrary.Load(library);
        _invoke = (delegate* unmanaged[Cdecl]<byte*, uint, byte*, uint*, uint>)NativeLibrary.GetExport(loaded, "TEEC_InvokeCommand");
        _open = (delegate* unmanaged[Cdecl]<byte*, byte*, Guid*, uint, void*, byte*, uint*, uint>)NativeLibrary.GetExport(loaded, "TEEC_OpenSession");
        _close = (delegate* unmanaged[Cdecl]<byte*, void>)NativeLibrary.GetExport(loaded, "TEEC_CloseSession");
        _finalize = (delegate* unmanaged[Cdecl]<byte*, void>)NativeLibrary.GetExport(loaded, "TEEC_FinalizeContext");
        var initialize = (delegate* unmanaged[Cdecl]<byte*, byte*, uint>)NativeLibrary.GetExport(loaded, "TEEC_InitializeContext");
        var allocate = (delegate* unmanaged[Cdecl]<byte*, byte*, uint>)NativeLibrary.GetExport(loaded, "TEEC_AllocateSharedMemory");
        Check(initialize(null, _context));
        Open(_session, HelloWorld.Uuid);
        Check(_invoke(_session, HelloWorld.CommandNothing, null, null)); // the first call is made
        _close(_session);
        Open(_session, OsTest.Uuid);

        *(nuint*)(_memory + 8) = (nuint)sharedSize;
        *(uint*)(_memory + 16) = MemoryInput;
        Check(allocate(_context, _memory));
        Describe(_temporary, TempInput, Zeroed(temporarySize), temporarySize);
        Describe(_shared, PartialInput, _memory, sharedSize);
    }

    /// <summary>An empty command.</summary>
    internal void Nothing() => Check(_invoke(_session, OsTest.CommandInit, null, null));

    internal void OpenAndClose()
    {
        Open(_passing, HelloWorld.Uuid);
        _close(_passing);
    }

    /// <summary>A command with a temporary memref.</summary>
    internal void Temporary() => Check(_invoke(_session, OsTest.CommandParamsAccess, _temporary, null));

    /// <summary>A command with a memref into shared memory.</summary>
    internal void Shared() => Check(_invoke(_session, OsTest.CommandParamsAccess, _shared, null));

    public void Dispose()
    {
        _close(_session);
        _finalize(_context);
    }

    /// <summary>The memref, and behind it a null memref, which the command wants.</summary>
    private static void Describe(byte* operation, uint type, byte* reference, int size)
    {
        *(uint*)(operation + 4) = type | (TempInput << 4);
        *(byte**)(operation + ParametersOffset) = reference;
        *(nuint*)(operation + ParametersOffset + 8) = (nuint)size;
        new Span<byte>(operation + ParametersOffset + ParameterSize, ParameterSize).Clear();
    }

    private void Open(byte* session, Guid uuid) => Check(_open(_context, session, &uuid, 0, null, null, null));

    /// <summary>For as long as the process lives, which measures and ends.</summary>
    private static byte* Zeroed(int size) => (byte*)NativeMemory.AllocZeroed((nuint)size);

    private static void Check(uint result)
    {
        if (result != 0)
            throw new InvalidOperationException($"A call of libteec failed with 0x{result:x8}.");
    }
}
