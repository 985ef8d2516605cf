using System.Collections;
using System.ComponentModel;
using RestrictedTee.NormalWorld.Interop;

namespace RestrictedTee.NormalWorld.Seccomp;

/// <summary>All that is needed to start a program, ready: with this process' environment, the signals' default actions and none masked.</summary>
internal sealed unsafe class ProcessSpawn : IDisposable
{
    private readonly string _program;
    private readonly NativeStrings _words;
    private readonly NativeStrings _variables;
    private Libc.SpawnAttributes _attributes;

    /// <exception cref="Win32Exception">There is no memory for it.</exception>
    internal ProcessSpawn(IReadOnlyList<string> command)
    {
        _program = command[0];
        _words = new NativeStrings(command);
        _variables = new NativeStrings([.. Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().Select(variable => $"{variable.Key}={variable.Value}")]);
        Check(Libc.SpawnAttributesInit(ref _attributes));

        // This process ignores SIGPIPE, as .NET does, and what is ignored stays so over an exec.
        Libc.SignalSet all = default, none = default;
        Libc.FillSignals(ref all);
        Libc.EmptySignals(ref none);
        Check(Libc.SpawnAttributesSetDefaults(ref _attributes, ref all));
        Check(Libc.SpawnAttributesSetMask(ref _attributes, ref none));
        Check(Libc.SpawnAttributesSetFlags(ref _attributes, Libc.SpawnSetSignalDefaults | Libc.SpawnSetSignalMask));
    }

    /// <summary>Goes the same way with a program that cannot be there.</summary>
    internal void Rehearse() => _ = Libc.SpawnByName(out _, "/", 0, ref _attributes, _words.Pointer, _variables.Pointer);

    /// <summary>Starts it.</summary>
    /// <exception cref="Win32Exception">It cannot be started.</exception>
    internal int Start()
    {
        Check(Libc.SpawnByName(out int id, _program, 0, ref _attributes, _words.Pointer, _variables.Pointer));
        return id;
    }

    public void Dispose()
    {
        _ = Libc.SpawnAttributesDestroy(ref _attributes);
        _words.Dispose();
        _variables.Dispose();
    }

    private static void Check(int error)
    {
        if (error != 0)
            throw new Win32Exception(error);
    }
}
