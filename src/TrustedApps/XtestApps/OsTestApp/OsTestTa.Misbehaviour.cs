using System.Reflection.Emit;
using RestrictedTee.Contracts;
using RestrictedTee.Sdk;

namespace RestrictedTee.TrustedApps.XtestApps.OsTestApp;

/// <summary>What no TA may do.</summary>
public sealed partial class OsTestTa
{
    [Command(OsTest.CommandBadMemAccess)]
    public static void BadMemAccess(ValueInput which) => Misbehave(which.A, []);

    [Command(OsTest.CommandBadMemAccess)]
    public static void BadMemAccess(ValueInput which, MemrefInOut memory) => Misbehave(which.A, memory.Span);

    /// <summary>
    /// What managed code can do of the seven sins of the original: the runtime catches each where the MMU would have.
    /// </summary>
    private static void Misbehave(uint which, Span<byte> memory)
    {
        string? nothing = null;
        Action? noFunction = null;
        object data = "data";
        switch (which)
        {
            case 1: // write through a null pointer
                _ = nothing!.Length;
                break;
            case 2: // write far outside of what one was given
                memory[0x4000_0000] = 0;
                break;
            case 3: // call through a null pointer
                noFunction!();
                break;
            case 4: // jump into data
                ((Action)data)();
                break;
            case 5: // run an undefined instruction
                UndefinedInstruction();
                break;
            case 6: // read an allocation of size 0
                _ = Array.Empty<byte>()[(int)which - 6];
                break;
            case 7: // write an allocation of size 0
                Array.Empty<byte>()[(int)which - 7] = 0;
                break;
        }
    }

    private static void UndefinedInstruction()
    {
        var method = new DynamicMethod("undefined", typeof(int), Type.EmptyTypes, typeof(OsTestTa).Module);
        method.GetILGenerator().Emit(OpCodes.Add); // nothing is on the stack: no runtime accepts it
        method.CreateDelegate<Func<int>>()();
    }
}
