using BenchmarkDotNet.Running;

// dotnet run -c Release --project benchmarks/Micro -- --filter '*'
BenchmarkSwitcher.FromAssembly(typeof(RestrictedTee.Benchmarks.FastCallBenchmarks).Assembly).Run(args);
