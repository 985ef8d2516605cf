using System.Diagnostics;
using RestrictedTee.WorldTests.Harness;

namespace RestrictedTee.WorldTests.RunFolders;

/// <summary>Where instances and their clients meet must be nobody else's.</summary>
public sealed class RunFolderTests : IDisposable
{
    private const string Nobody = "setpriv --reuid 65534 --regid 65534 --clear-groups";
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);
    private readonly Rtee.Folder _temporary = new();

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public void An_instance_whose_folder_was_removed_says_so_and_leaves_that_of_its_successor_alone()
    {
        using var first = new Rtee.Up();
        string folder = Path.GetDirectoryName(first.Socket)!;
        Directory.Delete(folder, recursive: true);
        Assert.Contains("was removed or replaced", first.Process.StandardError.ReadLine(), StringComparison.Ordinal);
        using Process second = Rtee.Start(first.Environment, "up");
        Assert.Contains("is up", second.StandardOutput.ReadLine(), StringComparison.Ordinal);

        Assert.Equal(0, Shell.Run($"kill -TERM {first.Process.Id}").ExitCode);
        Assert.True(first.Process.WaitForExit(Deadline));

        Assert.True(File.Exists(first.Socket));
        Assert.Equal(0, first.Run("heaps", "--connect").ExitCode);
        Shell.Run($"kill -TERM {second.Id}");
        Assert.True(second.WaitForExit(Deadline));
        Assert.False(Directory.Exists(folder));
    }

    [Fact]
    public void A_link_in_the_place_of_the_run_folder_is_refused_and_what_it_leads_to_is_left_alone()
    {
        string target = Directory.CreateDirectory(Path.Combine(_temporary.Path, "elsewhere", "default")).Parent!.FullName;
        File.WriteAllText(Path.Combine(target, "default", "tee"), "precious");
        File.CreateSymbolicLink(DefaultRoot, target);
        UnixFileMode mode = File.GetUnixFileMode(target);

        Rtee.Result up = Rtee.Run(Temporary, "up");
        Rtee.Result client = Rtee.Run(Temporary, "heaps", "--connect");

        Assert.Equal((2, 2), (up.ExitCode, client.ExitCode));
        Assert.Contains("is a link", up.Errors, StringComparison.Ordinal);
        Assert.Contains("is a link", client.Errors, StringComparison.Ordinal);
        Assert.Equal("precious", File.ReadAllText(Path.Combine(target, "default", "tee")));
        Assert.Equal(mode, File.GetUnixFileMode(target));
    }

    [Fact]
    public void A_link_in_the_place_of_an_instance_is_refused_and_what_it_leads_to_is_left_alone()
    {
        string target = Directory.CreateDirectory(Path.Combine(_temporary.Path, "elsewhere")).FullName;
        File.WriteAllText(Path.Combine(target, "boot"), "precious");
        Directory.CreateDirectory(DefaultRoot, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.CreateSymbolicLink(Path.Combine(DefaultRoot, "default"), target);

        Rtee.Result up = Rtee.Run(Temporary, "up");

        Assert.Equal(2, up.ExitCode);
        Assert.Equal("precious", File.ReadAllText(Path.Combine(target, "boot")));
    }

    [Fact]
    public void A_run_folder_that_others_may_write_to_is_refused()
    {
        File.SetUnixFileMode(_temporary.Path, (UnixFileMode)0b111_111_111);

        Rtee.Result up = Rtee.Run(new Dictionary<string, string> { ["RTEE_RUN_DIR"] = _temporary.Path }, "up");

        Assert.Equal(2, up.ExitCode);
        Assert.Contains("Others may write", up.Errors, StringComparison.Ordinal);
    }

    [RootFact]
    public void A_run_folder_of_another_user_is_refused_by_both_ends()
    {
        Assert.Equal(0, Shell.Run($"mkdir -m 755 '{DefaultRoot}' && chown 65534 '{DefaultRoot}'").ExitCode);

        Rtee.Result up = Rtee.Run(Temporary, "up");
        Rtee.Result client = Rtee.Run(Temporary, "heaps", "--connect");

        Assert.Equal((2, 2), (up.ExitCode, client.ExitCode));
        Assert.Contains("belongs to user 65534", up.Errors, StringComparison.Ordinal);
        Assert.Contains("belongs to user 65534", client.Errors, StringComparison.Ordinal);
    }

    [RootFact]
    public void A_server_of_another_user_is_told_nothing()
    {
        string socket = Path.Combine(_temporary.Path, "tee");
        File.SetUnixFileMode(_temporary.Path, (UnixFileMode)0b111_111_111);
        // Any program of another user that listens there; it writes down what it hears.
        using Process stranger = Shell.Start(
            $"exec {Nobody} {Python} -c 'import socket; s=socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET); s.bind(\"{socket}\"); s.listen(); print(\"up\", flush=True); print(len(s.accept()[0].recv(100)), flush=True)'");
        Assert.Equal("up", stranger.StandardOutput.ReadLine());
        File.SetUnixFileMode(socket, (UnixFileMode)0b111_111_111);

        var refusal = Assert.Throws<NormalWorld.Client.TeeLaunchException>(() => NormalWorld.Serving.RemoteDevice.Connect(socket));

        Assert.Contains("user 65534", refusal.Message, StringComparison.Ordinal);
        Assert.Equal("0", stranger.StandardOutput.ReadLine());
        Assert.True(stranger.WaitForExit(Deadline));
    }

    [RootFact]
    public void A_run_folder_that_cannot_be_written_to_is_not_called_running()
    {
        string root = Path.Combine(_temporary.Path, "read-only");
        Assert.Equal(0, Shell.Run($"chmod 755 '{_temporary.Path}'; mkdir -m 755 '{root}'; mount -t tmpfs -o ro,mode=755 none '{root}'").ExitCode);
        try
        {
            Rtee.Result up = Rtee.Run(new Dictionary<string, string> { ["RTEE_RUN_DIR"] = root }, "up");

            Assert.Equal(2, up.ExitCode);
            Assert.Contains(root, up.Errors, StringComparison.Ordinal);
            Assert.Contains("Read-only", up.Errors, StringComparison.Ordinal);
            Assert.DoesNotContain("running already", up.Errors, StringComparison.Ordinal);
        }
        finally
        {
            Shell.Run($"umount '{root}'");
        }
    }

    [RootFact]
    public void Whoever_is_root_in_a_user_namespace_only_has_a_run_folder_beside_that_of_the_machines_root()
    {
        Assert.SkipUnless(Shell.Run($"{Nobody} unshare -Ur true").ExitCode == 0, "needs user namespaces for everybody");
        Directory.CreateDirectory(Path.Combine(_temporary.Path, "restricted-tee-0"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        Rtee.Result run = Shell.Run($"chmod 777 '{_temporary.Path}'; exec {Nobody} unshare -Ur '{Rtee.Program}' run -- sh -c 'exec 3</dev/tee0 && echo open'", Temporary);

        Assert.Equal((0, "open\n", ""), (run.ExitCode, run.Output, run.Errors));
        Assert.True(Directory.Exists(Path.Combine(_temporary.Path, "restricted-tee-65534")));
    }

    private static string Python => "/usr/bin/python3";

    // By the id outside of a user namespace.
    private string DefaultRoot => Path.Combine(
        _temporary.Path, "restricted-tee-" + Shell.Run("awk -v id=$(id -u) '$1 <= id && id < $1 + $3 { print $2 + id - $1; exit }' /proc/self/uid_map").Output.Trim());

    private Dictionary<string, string> Temporary => new() { ["TMPDIR"] = _temporary.Path, ["XDG_RUNTIME_DIR"] = "", ["RTEE_RUN_DIR"] = "" };
}
