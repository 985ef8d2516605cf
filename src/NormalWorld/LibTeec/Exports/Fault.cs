using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.Uapi;

namespace RestrictedTee.LibTeec.Exports;

/// <summary>The border to C, which no exception crosses: what it is there.</summary>
internal static class Fault
{
    internal static TeecResult ResultOf(Exception fault) => fault switch
    {
        TeecException outcome => outcome.Result,
        TeeDriverException refused => ErrnoResults.FromErrno(refused.Errno),
        TeeLaunchException => TeecResult.ItemNotFound,
        OutOfMemoryException => TeecResult.OutOfMemory,
        NullReferenceException => TeecResult.BadParameters, // a pointer of the program's into the first page
        _ => TeecResult.Generic,
    };
}
