using Microsoft.Extensions.Configuration;
using RestrictedTee.NormalWorld.Client;

namespace RestrictedTee.NormalWorld.Launch;

/// <summary>Reads settings where there are any.</summary>
internal static class Settings
{
    /// <param name="file"><c>rtee.json</c>, which need not exist.</param>
    /// <param name="environment">Settings of the environment, which count for more.</param>
    /// <exception cref="TeeLaunchException">The file is malformed or has a setting that is not known.</exception>
    internal static LaunchOptions Read(string file, IEnumerable<KeyValuePair<string, string?>> environment)
    {
        try
        {
            IConfigurationRoot configuration = new ConfigurationBuilder()
                .AddJsonFile(file, optional: true)
                .AddInMemoryCollection(environment)
                .Build();
            if (File.Exists(file))
            {
                IConfigurationRoot fromFile = new ConfigurationBuilder().AddJsonFile(file).Build();
                string? unknown = fromFile.GetChildren().Select(section => section.Key)
                    .FirstOrDefault(key => key != "$schema" && typeof(LaunchOptions).GetProperties().All(p => !p.Name.Equals(key, StringComparison.OrdinalIgnoreCase)));
                if (unknown is not null)
                    throw new TeeLaunchException($"rtee.json has a setting '{unknown}' that is not known; docs/configuration.md lists those that are.");
            }

            return configuration.Get<LaunchOptions>() ?? new LaunchOptions();
        }
        catch (Exception e) when (e is InvalidDataException or InvalidOperationException or FormatException)
        {
            throw new TeeLaunchException($"The settings in rtee.json or RTEE_… are malformed: {e.InnerException?.Message ?? e.Message}", e);
        }
    }
}
