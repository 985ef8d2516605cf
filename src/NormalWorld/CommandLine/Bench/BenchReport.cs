using System.Text.Json.Serialization;
using RestrictedTee.CommandLine.Measurement;

namespace RestrictedTee.CommandLine.Bench;

/// <summary>A whole run.</summary>
/// <param name="Time">When.</param>
/// <param name="Cores">On how many cores.</param>
/// <param name="Protection">How the secure world's memory was kept.</param>
/// <param name="Rows">The figures.</param>
internal sealed record BenchReport(DateTimeOffset Time, int Cores, string Protection, IReadOnlyList<BenchRow> Rows);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(BenchReport))]
[JsonSerializable(typeof(RoundTrips))]
[JsonSerializable(typeof(DropInFigures))]
[JsonSerializable(typeof(DeviceFigures))]
internal sealed partial class BenchJson : JsonSerializerContext;
