using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.SecureWorld.TaStore;
using RestrictedTee.SmcTransport.TaImages;
using RestrictedTee.Tests.Harness;

namespace RestrictedTee.Tests.Kernel;

/// <summary>What is loaded is served by its attributes, and leaves nothing behind when it turns out to be no trusted application.</summary>
public sealed class TaLoadingTests
{
    [Fact]
    public void A_class_and_methods_that_are_not_public_are_served_as_well()
    {
        using var tee = new InProcessTee();
        using TeeContext context = tee.OpenContext();
        using TeeSession session = context.OpenSession(TestTa.Hidden);
        var answer = new Operation(Parameter.ValueOutput());

        session.Invoke(0, answer);

        Assert.Equal(42u, answer[0].A);
    }

    [Fact]
    public void An_image_that_is_discarded_is_collected()
    {
        WeakReference context = LoadAndDiscard();

        for (int i = 0; i < 20 && context.IsAlive; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.False(context.IsAlive);
    }

    [Fact]
    public void Whose_code_an_assembly_is_can_be_told()
    {
        var uuid = Guid.NewGuid();

        Assembly assembly = Load(uuid);

        Assert.Equal(uuid, TaLoadContext.OwnerOf(assembly));
        Assert.Null(TaLoadContext.OwnerOf(typeof(TaLoadingTests).Assembly));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference LoadAndDiscard()
    {
        Assembly assembly = Load(Guid.NewGuid());
        TaLoadContext.Discard(assembly);
        return new WeakReference(AssemblyLoadContext.GetLoadContext(assembly));
    }

    private static Assembly Load(Guid uuid)
    {
        byte[] content = File.ReadAllBytes(Directory.GetFiles(Repository.TestTas, "*TestTas.dll", SearchOption.AllDirectories)[0]);
        return TaLoadContext.LoadImage(uuid, [new TaImageFile("TestTas.dll", content)]);
    }
}
