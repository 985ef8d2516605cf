using System.Buffers.Binary;
using System.Reflection;
using System.Reflection.Emit;

namespace RestrictedTee.Tests.Architecture;

/// <summary>Who calls what in an assembly, by its code as it was compiled: a name that a source chose for a variable hides nothing.</summary>
internal static class CallSites
{
    private const BindingFlags All = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<int, OpCode> Codes = typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!)
        .ToDictionary(code => unchecked((int)(ushort)code.Value));

    /// <summary>The types, without those nested in them, whose code calls a method, or takes its address.</summary>
    internal static IReadOnlySet<string> Of(Assembly assembly, Func<MethodBase, bool> isSought)
    {
        var found = new HashSet<string>();
        foreach (Type type in assembly.GetTypes())
        {
            foreach (MethodBase method in type.GetMethods(All).Cast<MethodBase>().Concat(type.GetConstructors(All)))
            {
                if (Called(method).Any(isSought))
                    found.Add(Outermost(type).Name);
            }
        }

        return found;
    }

    private static IEnumerable<MethodBase> Called(MethodBase method)
    {
        byte[] body = method.GetMethodBody()?.GetILAsByteArray() ?? [];
        Type[] ofType = method.DeclaringType!.GetGenericArguments(), ofMethod = method.IsGenericMethod ? method.GetGenericArguments() : [];
        for (int at = 0; at < body.Length;)
        {
            int value = body[at++];
            if (value == 0xfe)
                value = 0xfe00 | body[at++];
            OpCode code = Codes[value];
            if (code.OperandType == OperandType.InlineMethod)
                yield return method.Module.ResolveMethod(BinaryPrimitives.ReadInt32LittleEndian(body.AsSpan(at)), ofType, ofMethod)!;
            at += SizeOf(code.OperandType, body, at);
        }
    }

    private static int SizeOf(OperandType operand, byte[] body, int at) => operand switch
    {
        OperandType.InlineNone => 0,
        OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
        OperandType.InlineVar => 2,
        OperandType.InlineI8 or OperandType.InlineR => 8,
        OperandType.InlineSwitch => 4 + (4 * BinaryPrimitives.ReadInt32LittleEndian(body.AsSpan(at))),
        _ => 4,
    };

    private static Type Outermost(Type type) => type.DeclaringType is { } outer ? Outermost(outer) : type;
}
