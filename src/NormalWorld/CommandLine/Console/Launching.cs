using RestrictedTee.NormalWorld.Launch;
using RestrictedTee.NormalWorld.Supplicant;
using RestrictedTee.Xtest;
using Serilog.Events;

namespace RestrictedTee.CommandLine.Console;

/// <summary>TEEs that this command starts. As the trusted applications of xtest and of OP-TEE's examples ship, so do their plug-ins of the supplicant.</summary>
internal static class Launching
{
    internal static TeeEnvironment Launch(LaunchOptions options)
    {
        TeeEnvironment environment = TeeEnvironment.Launch(options);
        environment.AddPlugin(new TestPlugin());
        environment.AddPlugin(new SyslogPlugin { Logger = new LateLogger(LogEventLevel.Information) }); // who asks for a line by it wants to see it
        return environment;
    }
}
