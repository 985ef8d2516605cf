using RestrictedTee.Contracts;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.Xtest.Framework;

namespace RestrictedTee.Xtest.Regression1000;

/// <summary>
/// 1034–1036, 1038, 1042: what native TAs may have been built with, or not. These are not, and must say so where the original's client
/// skips what it would have tested.
/// </summary>
internal static class NativeCases
{
    internal static readonly XtestCase[] All =
    [
        new("regression_1034", "Test loading a large TA", LargeTa),
        new("regression_1035", "Test BTI", Bti),
        NotBuiltIn("regression_1036", "Test PAuth (Pointer Authentication)", ("PAuth NOP test", OsTest.CommandPauthNop)),
        NotBuiltIn("regression_1038", "Test MTE (Memory Tag Extension)", ("MTE use after free", OsTest.CommandMemtagUseAfterFree)),
        NotBuiltIn("regression_1042", "Test ASAN (Memory address sanitizer)", ("ASAN stack", OsTest.CommandAsanStack)),
    ];

    private static XtestCase NotBuiltIn(string id, string title, params (string Title, uint Command)[] parts) => new(id, title, c =>
    {
        using TeeSession? os = c.Open(OsTest.Uuid);
        foreach ((string part, uint command) in parts)
        {
            using (c.Begin(part))
                ExpectNotBuiltIn(c, os!, command, TeecResult.NotSupported);
        }
    });

    private static void LargeTa(CaseRun c)
    {
        using TeeSession? large = c.Open(Large.Uuid);
        c.ExpectResult(TeecResult.Generic, large!.TryInvoke(0, null, out _));
    }

    private static void Bti(CaseRun c)
    {
        using TeeSession? bti = c.Open(BtiTest.Uuid);
        using (c.Begin("BTI Implemented"))
        {
            var operation = new Operation(Parameter.ValueOutput());
            c.ExpectSuccess(bti!.TryInvoke(BtiTest.CommandIsImplemented, operation, out _));
            c.Expect(operation[0].A == 0, $"no CPU feature, got {operation[0].A}");
        }

        using (c.Begin("BTI Pass Cases"))
        {
            foreach (uint command in new[] { BtiTest.CommandBlr, BtiTest.CommandBr, BtiTest.CommandBrX16 })
                ExpectNotBuiltIn(c, bti, command, TeecResult.NotImplemented, Parameter.ValueInput(0));
        }
    }

    private static void ExpectNotBuiltIn(CaseRun c, TeeSession ta, uint command, TeecResult expected, params Parameter[] parameters)
    {
        c.ExpectResult(expected, ta.TryInvoke(command, new Operation(parameters), out TeecOrigin origin));
        c.ExpectOrigin(TeecOrigin.TrustedApp, origin);
        c.Log("the TA was built without it, skipping");
    }
}
