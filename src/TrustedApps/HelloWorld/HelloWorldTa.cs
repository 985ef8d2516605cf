using RestrictedTee.Sdk;
using Contract = RestrictedTee.Contracts.HelloWorld;

namespace RestrictedTee.TrustedApps.HelloWorld;

/// <summary>The hello_world example: the smallest TA that does something.</summary>
[TrustedApp(Contract.UuidText, Description = "Hello, world")]
public sealed class HelloWorldTa : TrustedApp
{
    /// <summary>Adds one.</summary>
    [Command(Contract.CommandIncrementValue)]
    public static void Increment(ValueInOut value) => value.A = unchecked(value.A + 1);

    /// <summary>Takes one away.</summary>
    [Command(Contract.CommandDecrementValue)]
    public static void Decrement(ValueInOut value) => value.A = unchecked(value.A - 1);

    /// <summary>Does nothing.</summary>
    [Command(Contract.CommandNothing)]
    public static void Nothing()
    {
    }

    /// <summary>Counts garbage collections.</summary>
    [Command(Contract.CommandCollections)]
    public static void Collections(ValueOutput count) => count.A = (uint)GC.CollectionCount(0);
}
