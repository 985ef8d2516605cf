using RestrictedTee.NormalWorld.Launch;
using RestrictedTee.Xtest;

namespace RestrictedTee.CommandLine.Console;

/// <summary>TEEs that this command starts. As the trusted applications of xtest ship, so does its plug-in of the supplicant.</summary>
internal static class Launching
{
    internal static TeeEnvironment Launch(LaunchOptions options)
    {
        TeeEnvironment environment = TeeEnvironment.Launch(options);
        environment.AddPlugin(new TestPlugin());
        return environment;
    }
}
