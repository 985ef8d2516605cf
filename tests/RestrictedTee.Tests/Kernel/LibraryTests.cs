using System.Reflection;
using System.Runtime.Loader;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.TaStore;
using RestrictedTee.SmcTransport.TaImages;
using RestrictedTee.Tests.Harness;
using Serilog.Events;

namespace RestrictedTee.Tests.Kernel;

/// <summary>Libraries that a TA opens at run time: from its own image alone, once for each instance, and gone with it.</summary>
[Collection(LogCapture.Collection)]
public sealed class LibraryTests : IDisposable
{
    private static readonly Guid Odd = new("0b5d5c8e-1f0a-4b57-9c44-52f6d8a1e0e2"), Checksums = new("0b5d5c8e-1f0a-4b57-9c44-52f6d8a1e307");
    private static readonly Guid HalfMade = new("0b5d5c8e-1f0a-4b57-9c44-52f6d8a1e308");

    private readonly string _folder = Directory.CreateTempSubdirectory("rtee-ta").FullName;
    private readonly InProcessTee _tee = new();
    private readonly TeeContext _context;

    public LibraryTests() => _context = _tee.OpenContext();

    public void Dispose()
    {
        _context.Dispose();
        _tee.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void The_example_of_the_page_computes_what_the_rfc_says()
    {
        using TeeSession session = _context.OpenSession(Checksums);
        var operation = new Operation(Parameter.TempInput("Wikipedia"u8.ToArray()), Parameter.ValueOutput());

        session.Invoke(0, operation);

        Assert.Equal(0x11E60398u, operation[1].A);
    }

    [Fact]
    public void Each_instance_has_the_library_and_its_statics_to_itself_and_one_object_of_it()
    {
        using TeeSession first = _context.OpenSession(Odd), second = _context.OpenSession(Odd);

        Assert.Equal((1u, 1u), Count(first, out _));
        Assert.Equal((1u, 1u), Count(second, out _));
        Assert.Equal((1u, 1u), Count(first, out _));
    }

    [Fact]
    public void An_instance_can_list_what_it_has_loaded()
    {
        using TeeSession session = _context.OpenSession(Odd);

        Count(session, out (uint Before, uint After) fresh);
        Count(session, out (uint Before, uint After) again);

        Assert.Equal(fresh.Before + 1, fresh.After);
        Assert.Equal((fresh.After, fresh.After), again);
    }

    [Theory]
    [InlineData(0, TeecResult.ItemNotFound, "not named")] // of the framework
    [InlineData(1, TeecResult.BadFormat, "has 0 public classes")]
    [InlineData(2, TeecResult.BadFormat, "has 2 public classes")]
    [InlineData(3, TeecResult.BadFormat, "one public constructor")]
    [InlineData(4, TeecResult.TargetDead, "panicked with code 0x11b")]
    [InlineData(5, TeecResult.Security, "not today")]
    [InlineData(6, TeecResult.BadState, "is being made")]
    public void What_cannot_be_opened_has_a_result_and_words(uint which, TeecResult expected, string words)
    {
        using var log = new LogCapture();
        using TeeSession session = _context.OpenSession(Odd);

        Assert.Equal(expected, session.TryInvoke(1, new Operation(Parameter.ValueInput(which)), out _));

        Assert.Contains(log.Lines, line => line.Level >= LogEventLevel.Information && line.Text.Contains(Odd.ToString(), StringComparison.Ordinal) && line.Text.Contains(words, StringComparison.Ordinal));
        Assert.Equal(expected == TeecResult.TargetDead ? TeecResult.TargetDead : TeecResult.Success, session.TryInvoke(0, new Operation(Parameter.ValueOutput(), Parameter.ValueOutput()), out _));
    }

    [Fact]
    public void The_constructor_is_too_early()
    {
        using TeeSession session = _context.OpenSession(Odd);

        Assert.Equal(TeecResult.BadState, session.TryInvoke(2, null, out _));
    }

    [Fact]
    public void The_object_is_disposed_with_its_instance_and_not_when_that_panics()
    {
        using var log = new LogCapture();
        using (TeeSession panicking = _context.OpenSession(Odd))
        {
            Count(panicking, out _);
            Assert.Equal(TeecResult.TargetDead, panicking.TryInvoke(1, new Operation(Parameter.ValueInput(4)), out _));
        }

        Assert.Equal(0, Disposed());
        using (TeeSession session = _context.OpenSession(Odd))
            Count(session, out _);

        Assert.Equal(1, Disposed());

        int Disposed() => log.Lines.Count(WasDisposed);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_refuses_to_end_keeps_no_other_object_from_being_disposed(bool isTheTa)
    {
        using var log = new LogCapture();
        using (TeeSession session = _context.OpenSession(Odd))
        {
            Count(session, out _);
            session.Invoke(1, new Operation(Parameter.ValueInput(7)));
            if (isTheTa)
                session.Invoke(3);
        }

        Assert.Single(log.Lines, WasDisposed);
    }

    [Fact]
    public void An_instance_that_refuses_to_be_made_leaves_no_object_behind()
    {
        using var log = new LogCapture();

        Assert.Equal(TeecResult.Busy, _context.TryOpenSession(HalfMade, TeecLogin.Public, 0, null, out _, out _));

        Assert.Single(log.Lines, WasDisposed);
    }

    [Fact]
    public void The_library_goes_with_its_instance()
    {
        for (int i = 0; i < 50; i++)
        {
            using TeeSession session = _context.OpenSession(Odd);
            Count(session, out _);
        }

        for (int i = 0; i < 20 && Left() > 1; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.InRange(Left(), 0, 1); // a register may still name the last one

        static int Left() => AssemblyLoadContext.All.Count(context => context.Name == $"{Odd} RestrictedTee.OddLibrary");
    }

    [Fact]
    public void An_image_has_the_libraries_that_its_ta_names_and_what_these_refer_to()
    {
        TaEntry entry = TaCatalogue.Scan(Repository.TestTas).Find(Checksums)!;

        IEnumerable<string> files = TaImage.Unpack(TaCatalogue.Pack(entry)).Select(file => file.Name);

        Assert.Equal(["Checksums"], entry.Libraries);
        Assert.Contains("Checksums.dll", files);
        Assert.Contains("RestrictedTee.TestContract.dll", files);
        Assert.DoesNotContain("RestrictedTee.OddLibrary.dll", files);
    }

    [Fact]
    public void A_library_that_is_named_and_not_there_is_a_problem_of_the_folder()
    {
        File.Copy(Path.Combine(Repository.TestTas, "RestrictedTee.TestTas.dll"), Path.Combine(_folder, "Lone.dll"));

        Assert.Contains(TaCatalogue.Scan(_folder).Problems, problem => problem.Contains("ChecksumsTa names the library Checksums, which is not beside it", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Absent", TeeResult.ItemNotFound)]
    [InlineData("../Outside", TeeResult.ItemNotFound)]
    [InlineData("Rubbish", TeeResult.BadFormat)]
    public void Only_an_assembly_that_lies_beside_the_ta_is_opened_even_if_it_names_another(string name, TeeResult expected)
    {
        string own = Directory.CreateDirectory(Path.Combine(_folder, "own")).FullName, path = Path.Combine(own, "RestrictedTee.TestTas.dll");
        File.Copy(Path.Combine(Repository.TestTas, "RestrictedTee.TestTas.dll"), path);
        File.Copy(Path.Combine(Repository.TestTas, "Checksums.dll"), Path.Combine(_folder, "Outside.dll"));
        File.WriteAllText(Path.Combine(own, "Rubbish.dll"), "no assembly");
        Assembly assembly = TaLoadContext.LoadFrom(Checksums, path);
        var libraries = new InstanceLibraries(TaLoadContext.Of(assembly)!, assembly, [name]);

        TeeException refusal = Assert.Throws<TeeException>(() => libraries.Open(name, typeof(object), this));

        Assert.Equal(expected, refusal.Result);
        Assert.Equal([assembly], libraries.Loaded);
    }

    private static bool WasDisposed((LogEventLevel Level, string Text) line) => line.Text.Contains("the library's object was disposed", StringComparison.Ordinal);

    private static (uint Made, uint IsTheSame) Count(TeeSession session, out (uint Before, uint After) assemblies)
    {
        var operation = new Operation(Parameter.ValueOutput(), Parameter.ValueOutput());
        session.Invoke(0, operation);
        assemblies = (operation[1].A, operation[1].B);
        return (operation[0].A, operation[0].B);
    }
}
