using RestrictedTee.NormalWorld.Client;

namespace RestrictedTee.Tests.Harness;

/// <summary>The types of a call's parameters as text, a letter each.</summary>
internal static class Shape
{
    internal const string Value = "v", ValueOut = "V", ValueInOut = "x", In = "i", Out = "o", InOut = "b", None = "-";

    /// <summary>Parameters of these types.</summary>
    internal static Operation Make(string shape)
    {
        var operation = new Operation();
        for (int i = 0; i < shape.Length; i++)
        {
            operation[i] = shape[i].ToString() switch
            {
                Value => Parameter.ValueInput(0),
                ValueOut => Parameter.ValueOutput(),
                ValueInOut => Parameter.ValueInOut(0),
                In => Parameter.TempInput(new byte[16]),
                Out => Parameter.TempOutput(new byte[64]),
                InOut => Parameter.TempInOut(new byte[16]),
                _ => Parameter.None,
            };
        }

        return operation;
    }
}
