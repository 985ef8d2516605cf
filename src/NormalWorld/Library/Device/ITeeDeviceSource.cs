namespace RestrictedTee.NormalWorld.Device;

/// <summary>Whoever can open the TEE device for a client: what a server of other processes needs of the environment around it.</summary>
internal interface ITeeDeviceSource
{
    /// <summary>What the opens of the running TEE share.</summary>
    TeeDeviceHost DeviceHost { get; }

    /// <summary>Opens the device for a client.</summary>
    /// <exception cref="Uapi.TeeDriverException">ENODEV: the secure world has gone.</exception>
    TeeDevice OpenDevice(ClientIdentity client);

    /// <summary>Ends the secure world, whatever runs in it; whether a new one comes is the environment's settings' business.</summary>
    void EndSecureWorld();
}
