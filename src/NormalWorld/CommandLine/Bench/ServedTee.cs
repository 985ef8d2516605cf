using System.Diagnostics;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.Launch;
using RestrictedTee.NormalWorld.Serving;

namespace RestrictedTee.CommandLine.Bench;

/// <summary>A TEE that <c>rtee up</c> keeps running in a process of its own, for what is measured over its socket.</summary>
internal sealed class ServedTee : IDisposable
{
    private readonly Process _up;

    internal ServedTee()
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in (ReadOnlySpan<string>)["up", "--name", Name])
            start.ArgumentList.Add(argument);
        _up = Process.Start(start)!;
        try
        {
            _ = _up.StandardOutput.ReadLine();
            Client = TeeContext.Connect(Name);
        }
        catch
        {
            _up.Kill();
            _up.Dispose();
            throw;
        }
    }

    /// <summary>Its instance name.</summary>
    internal string Name { get; } = $"bench-{Environment.ProcessId}";

    /// <summary>A client of it.</summary>
    internal TeeContext Client { get; }

    /// <summary>Ends the process by way of its secure world, so that it clears its run folder away; nobody wants its word for it.</summary>
    public void Dispose()
    {
        ((RemoteDevice)Client.Device).EndSecureWorld();
        Client.Dispose();
        _up.WaitForExit();
        _up.Dispose();
    }
}
