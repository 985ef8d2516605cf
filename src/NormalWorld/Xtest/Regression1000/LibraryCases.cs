using RestrictedTee.Contracts;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.Xtest.Framework;

namespace RestrictedTee.Xtest.Regression1000;

/// <summary>1019, 1022, 1023, 1029–1031: a TA of several files, one that it is linked with and one that it opens at run time.</summary>
internal static class LibraryCases
{
    internal static readonly XtestCase[] All =
    [
        new("regression_1019", "Test dynamically linked TA", c => CallAndPanic(c, OsTest.CommandCallLib, OsTest.CommandCallLibPanic)),
        new("regression_1022", "Test dlopen()/dlsym()/dlclose() API", c => CallAndPanic(c, OsTest.CommandCallLibDl, OsTest.CommandCallLibDlPanic)),
        new("regression_1023", "Test ELF initialization (.init_array)", Initialisers),
        Succeeding("regression_1029", "Test __thread attribute", ("TLS variables (main program)", OsTest.CommandTlsTestMain), ("TLS variables (shared library)", OsTest.CommandTlsTestShlib)),
        Succeeding("regression_1030", "Test dl_iterate_phdr()", ("Before dlopen()", OsTest.CommandDlPhdr), ("After dlopen()", OsTest.CommandDlPhdrDl)),
        Succeeding(
            "regression_1031",
            "Test C++ features",
            ("Global object constructor (main program)", OsTest.CommandCxxCtorMain),
            ("Global object constructor (shared library)", OsTest.CommandCxxCtorShlib),
            ("Global object constructor (dlopen()ed lib)", OsTest.CommandCxxCtorShlibDl),
            ("Exceptions (simple)", OsTest.CommandCxxExcMain),
            ("Exceptions (mixed C/C++ frames)", OsTest.CommandCxxExcMixed)),
    ];

    private static XtestCase Succeeding(string id, string title, params (string Title, uint Command)[] parts) => new(id, title, c =>
    {
        using TeeSession? os = c.Open(OsTest.Uuid);
        foreach ((string part, uint command) in parts)
        {
            using (c.Begin(part))
                c.ExpectSuccess(os!.TryInvoke(command, null, out _));
        }
    });

    private static void CallAndPanic(CaseRun c, uint call, uint panic)
    {
        using TeeSession? os = c.Open(OsTest.Uuid);
        c.ExpectSuccess(os!.TryInvoke(call, null, out _));
        c.ExpectResult(TeecResult.TargetDead, os.TryInvoke(panic, null, out TeecOrigin origin));
        c.ExpectOrigin(TeecOrigin.Tee, origin);
    }

    /// <summary>Each file multiplies the number by ten and adds its own: 1 the TA, 2 what it is linked with, 3 what it opens. So the order can be read off.</summary>
    private static void Initialisers(CaseRun c)
    {
        using TeeSession? os = c.Open(OsTest.Uuid);
        ExpectNumber(c, os!, 21);
        c.ExpectSuccess(os!.TryInvoke(OsTest.CommandCallLibDl, null, out _));
        ExpectNumber(c, os, 213);
    }

    private static void ExpectNumber(CaseRun c, TeeSession os, uint expected)
    {
        var operation = new Operation(Parameter.ValueOutput());
        c.ExpectSuccess(os.TryInvoke(OsTest.CommandGetGlobalVar, operation, out _));
        c.Expect(operation[0].A == expected, $"the number {expected}, got {operation[0].A}");
    }
}
