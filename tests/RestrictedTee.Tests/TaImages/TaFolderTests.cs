using System.Diagnostics;
using RestrictedTee.SmcTransport.TaImages;
using RestrictedTee.Tests.Harness;

namespace RestrictedTee.Tests.TaImages;

/// <summary>A TA folder may hold anything; what is no file of a sensible size is a problem that is said, and the rest is served.</summary>
public sealed class TaFolderTests : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);
    private readonly string _folder = Directory.CreateTempSubdirectory("rtee-ta").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("mkfifo 'Strange.dll'", "not a regular file")]
    [InlineData("ln -s /dev/zero 'Strange.dll'", "not a regular file")]
    [InlineData("truncate -s 100G 'Strange.dll'", "are allowed")]
    [InlineData("ln -s nowhere 'Strange.dll'", "cannot be read")]
    [InlineData("head -c 70000 /dev/urandom > 'Strange.dll'", "not a readable assembly")]
    public void What_is_no_file_of_a_sensible_size_is_a_problem_and_the_rest_is_served(string make, string word)
    {
        Shell(make);
        File.Copy(Path.Combine(Repository.TestTas, "RestrictedTee.TestTas.dll"), Path.Combine(_folder, "Good.dll"));

        TaCatalogue catalogue = InTime(() => TaCatalogue.Scan(_folder));

        Assert.Contains(catalogue.Problems, problem => problem.Contains("Strange.dll", StringComparison.Ordinal) && problem.Contains(word, StringComparison.Ordinal));
        Assert.NotNull(catalogue.Find(TestTa.Misbehaving));
    }

    [Fact]
    public void A_fifo_in_the_place_of_the_symbols_fails_the_packing_and_does_not_block_it()
    {
        File.Copy(Path.Combine(Repository.TestTas, "RestrictedTee.TestTas.dll"), Path.Combine(_folder, "Good.dll"));
        TaEntry entry = TaCatalogue.Scan(_folder).Find(TestTa.Misbehaving)!;
        Shell("mkfifo Good.pdb");

        IOException failure = InTime(() => Assert.Throws<IOException>(() => TaCatalogue.Pack(entry)));

        Assert.Contains("not a regular file", failure.Message, StringComparison.Ordinal);
    }

    private static T InTime<T>(Func<T> work)
    {
        Task<T> task = Task.Run(work);
        Assert.True(task.Wait(Deadline), "it blocks");
        return task.Result;
    }

    private void Shell(string script)
    {
        var start = new ProcessStartInfo("/bin/sh") { WorkingDirectory = _folder };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(script);
        using Process process = Process.Start(start)!;
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
