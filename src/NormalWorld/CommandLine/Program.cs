using RestrictedTee.CommandLine;
using RestrictedTee.CommandLine.Console;
using RestrictedTee.SmcTransport.Interop;

// The runtime holds two descriptors for each library that it loads, and what it throws where it gets none tells nobody why. So
// this comes first, and nothing is loaded before it that it does not need.
const int LeastDescriptors = 96;
int limit = DescriptorLimit.Raise();
if (limit < LeastDescriptors)
{
    Console.Error.WriteLine(
        $"rtee: The limit of open descriptors is {limit}; the runtime alone needs {LeastDescriptors}, and a TEE with 8 threads about 150. Raise it (ulimit -n 256).");
    return ExitCodes.Usage;
}

return CommandLineProgram.Run(args);
