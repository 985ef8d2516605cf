using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.Device;
using RestrictedTee.NormalWorld.Serving;

namespace RestrictedTee.Tests.Harness;

/// <summary>Both worlds and a server in one process, for what is counted rather than measured.</summary>
internal sealed class ServedTee : ITeeDeviceSource, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("rtee-served").FullName;

    internal ServedTee(int descriptors = 1000)
    {
        Budget = new DescriptorBudget(descriptors);
        Server = new TeeServer(this, Path, Budget);
    }

    internal InProcessTee Tee { get; } = new();

    internal DescriptorBudget Budget { get; }

    internal TeeServer Server { get; }

    internal string Path => System.IO.Path.Combine(_folder, "tee");

    TeeDeviceHost ITeeDeviceSource.DeviceHost => Tee.Host;

    internal TeeContext Connect() => new(RemoteDevice.Connect(Path));

    TeeDevice ITeeDeviceSource.OpenDevice(ClientIdentity client) => new(Tee.Host, client);

    void ITeeDeviceSource.EndSecureWorld() => throw new NotSupportedException();

    public void Dispose()
    {
        Server.Dispose();
        Assert.True(SpinWait.SpinUntil(() => Server.ClientCount == 0, TimeSpan.FromSeconds(20)), "A client's connection does not end with the server.");
        Tee.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
