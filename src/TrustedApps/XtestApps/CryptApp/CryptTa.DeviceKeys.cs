using RestrictedTee.Contracts;
using RestrictedTee.Sdk;

namespace RestrictedTee.TrustedApps.XtestApps.CryptApp;

/// <summary>What it asks of the system pseudo TA.</summary>
public sealed partial class CryptTa
{
    private static ReadOnlySpan<byte> ExtraData => "My dummy data\0"u8;

    [Command(Crypt.CommandSeedRngPool)]
    public static TeeResult SeedRngPool(MemrefInput entropy)
    {
        if (entropy.Size == 0)
            return TeeResult.BadParameters;
        using TaClientSession system = TaClientSession.Open(SystemPta.Uuid);
        var operation = new TaOperation { P0 = TaParam.Input(entropy.Span) };
        return system.TryInvoke(SystemPta.CommandAddRngEntropy, ref operation, out _);
    }

    /// <summary>The same key twice, another one by extra data, and none beyond the limits.</summary>
    [Command(Crypt.CommandDeriveTaUniqueKey)]
    public static TeeResult DeriveTaUniqueKey()
    {
        using TaClientSession system = TaClientSession.Open(SystemPta.Uuid);
        Span<byte> plain = stackalloc byte[SystemPta.LargestKey], again = stackalloc byte[SystemPta.LargestKey], extra = stackalloc byte[SystemPta.LargestKey];
        Span<byte> tooMuch = stackalloc byte[SystemPta.LargestExtraData + 1];
        tooMuch.Clear();
        bool isAsItShould = Derive(system, [], plain) && Derive(system, [], again) && plain.SequenceEqual(again)
            && Derive(system, ExtraData, extra) && Derive(system, ExtraData, again) && extra.SequenceEqual(again)
            && !plain.SequenceEqual(extra)
            && !Derive(system, tooMuch, again);
        Span<byte> larger = stackalloc byte[2 * SystemPta.LargestKey];
        for (int size = 0; size < larger.Length; size++)
            isAsItShould &= Derive(system, size % 2 == 0 ? [] : ExtraData, larger[..size]) == size is >= SystemPta.SmallestKey and <= SystemPta.LargestKey;
        return isAsItShould ? TeeResult.Success : TeeResult.Generic;
    }

    [Command(Crypt.CommandDeriveTaUniqueKeyShm)]
    public static TeeResult DeriveTaUniqueKeyShm(MemrefInput extraData, MemrefOutput key)
    {
        using TaClientSession system = TaClientSession.Open(SystemPta.Uuid);
        var operation = new TaOperation { P0 = TaParam.Input(extraData.Span), P1 = TaParam.Output(key.Span) };
        return system.TryInvoke(SystemPta.CommandDeriveTaUniqueKey, ref operation, out _);
    }

    private static bool Derive(TaClientSession system, ReadOnlySpan<byte> extraData, Span<byte> key)
    {
        var operation = new TaOperation { P0 = TaParam.Input(extraData), P1 = TaParam.Output(key) };
        return system.TryInvoke(SystemPta.CommandDeriveTaUniqueKey, ref operation, out _) == TeeResult.Success;
    }
}
