using System.Text.Json.Serialization;

namespace RestrictedTee.CommandLine.Bench;

/// <summary>One figure.</summary>
/// <param name="Name">What was measured.</param>
/// <param name="Value">The figure.</param>
/// <param name="Unit">Its unit.</param>
/// <param name="Ratio">Beside what it is to be compared with, from the same run.</param>
/// <param name="Against">What that is.</param>
/// <param name="Target">The bound for the ratio (or the value), in words; empty when there is none.</param>
/// <param name="Met">Whether it is kept; null when there is none.</param>
internal sealed record BenchRow(string Name, double Value, string Unit, double? Ratio = null, string Against = "", string Target = "", bool? Met = null);

/// <summary>A whole run.</summary>
/// <param name="Time">When.</param>
/// <param name="Cores">On how many cores.</param>
/// <param name="Protection">How the secure world's memory was kept.</param>
/// <param name="Rows">The figures.</param>
internal sealed record BenchReport(DateTimeOffset Time, int Cores, string Protection, IReadOnlyList<BenchRow> Rows);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(BenchReport))]
[JsonSerializable(typeof(RoundTrips))]
internal sealed partial class BenchJson : JsonSerializerContext;
