using System.Text;
using RestrictedTee.Contracts;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.Xtest.Framework;

namespace RestrictedTee.Xtest.Regression1000;

/// <summary>1033: a TA that calls a plug-in of the supplicant, and one that there is not.</summary>
internal static class PluginCases
{
    internal static readonly XtestCase[] All = [new("regression_1033", "Test the supplicant plugin framework", Plugins)];

    private static void Plugins(CaseRun c)
    {
        using TeeSession? ta = c.Open(SuppPlugin.Uuid); // which calls the plug-in to see whether it is there
        using (c.Begin("Pass values to/from a plugin"))
        {
            Compute(c, ta!, '+', 30);
            Compute(c, ta!, '-', 10);
        }

        using (c.Begin("Pass array to a plugin"))
        {
            var operation = new Operation(Parameter.TempInOut(new byte[] { 0, 1, 2, 3, 4, 5 }), Parameter.ValueOutput());
            c.ExpectSuccess(ta!.TryInvoke(SuppPlugin.CommandWriteArray, operation, out _));
            c.Expect(operation[1].A == 15, $"the sum 15, got {operation[1].A}");
        }

        using (c.Begin("Get array from a plugin"))
        {
            byte[] expected = Encoding.ASCII.GetBytes("Array from plugin\0"), room = new byte[64];
            var operation = new Operation(Parameter.TempOutput(room), Parameter.ValueOutput());
            c.ExpectSuccess(ta.TryInvoke(SuppPlugin.CommandGetArray, operation, out _));
            c.Expect(operation[1].A == expected.Length, $"{expected.Length} bytes, got {operation[1].A}");
            c.ExpectBytes(expected, room.AsSpan(0, expected.Length));
        }

        using (c.Begin("Not allow bad input to a plugin"))
        {
            c.ExpectResult(TeecResult.BadParameters, ta.TryInvoke(SuppPlugin.CommandBadUuid, null, out _));
            c.ExpectResult(TeecResult.BadParameters, ta.TryInvoke(SuppPlugin.CommandBadInputData, null, out _));
            c.ExpectResult(TeecResult.BadParameters, ta.TryInvoke(SuppPlugin.CommandBadInputLength, null, out _));
        }

        using (c.Begin("Call an unknown plugin"))
            c.ExpectResult(TeecResult.ItemNotFound, ta.TryInvoke(SuppPlugin.CommandUnknownUuid, null, out _));
    }

    private static void Compute(CaseRun c, TeeSession ta, char @operator, uint expected)
    {
        var operation = new Operation(Parameter.ValueInOut(20, 10), Parameter.ValueInput(@operator));
        c.ExpectSuccess(ta.TryInvoke(SuppPlugin.CommandPassValues, operation, out _));
        c.Expect(operation[0].A == expected, $"{expected}, got {operation[0].A}");
    }
}
