using System.Reflection;
using System.Reflection.Emit;
using RestrictedTee.Sdk;

namespace RestrictedTee.Tests.Harness;

/// <summary>Trusted applications made on the spot: one class with one command, 0, that answers a number.</summary>
internal static class EmittedTa
{
    private static int s_version;

    /// <summary>Writes one to a file, later than whatever stood there before, as a build does.</summary>
    internal static void Write(string path, Guid uuid, uint answer, TaFlags flags = TaFlags.None)
    {
        var assembly = new PersistedAssemblyBuilder(new AssemblyName("EmittedTa"), typeof(object).Assembly);
        TypeBuilder type = assembly.DefineDynamicModule("EmittedTa").DefineType("EmittedTa", TypeAttributes.Public | TypeAttributes.Sealed, typeof(TrustedApp));
        type.SetCustomAttribute(new CustomAttributeBuilder(
            typeof(TrustedAppAttribute).GetConstructor([typeof(string)])!, [uuid.ToString()], [typeof(TrustedAppAttribute).GetProperty("Flags")!], [flags]));
        ConstructorInfo parent = typeof(TrustedApp).GetConstructor(BindingFlags.Instance | BindingFlags.NonPublic, [])!;
        ILGenerator constructor = type.DefineConstructor(MethodAttributes.Public, CallingConventions.Standard, []).GetILGenerator();
        constructor.Emit(OpCodes.Ldarg_0);
        constructor.Emit(OpCodes.Call, parent);
        constructor.Emit(OpCodes.Ret);
        MethodBuilder method = type.DefineMethod("Answer", MethodAttributes.Public | MethodAttributes.Static, typeof(TeeResult), []);
        method.SetCustomAttribute(new CustomAttributeBuilder(typeof(CommandAttribute).GetConstructor([typeof(uint)])!, [0u]));
        ILGenerator body = method.GetILGenerator();
        body.Emit(OpCodes.Ldc_I4, unchecked((int)answer));
        body.Emit(OpCodes.Ret);
        type.CreateType();
        assembly.Save(path);
        // A clock may tick slower than a test rebuilds.
        File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddSeconds(Interlocked.Increment(ref s_version)));
    }
}
