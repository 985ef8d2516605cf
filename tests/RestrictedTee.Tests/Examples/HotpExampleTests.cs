using RestrictedTee.Contracts;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.Uapi;

namespace RestrictedTee.Tests.Examples;

/// <summary>The hotp example.</summary>
public sealed class HotpExampleTests : IDisposable
{
    /// <summary>RFC 4226 appendix D.</summary>
    private static readonly uint[] Passwords = [755224, 287082, 359152, 969429, 338314, 254676, 287922, 162583, 399871, 520489];

    private readonly ExampleSession _session = new(HotpExample.Uuid);

    public void Dispose() => _session.Dispose();

    [Fact]
    public void The_passwords_are_those_of_the_rfc()
    {
        Assert.Equal(TeecResult.Success, Register("12345678901234567890"u8.ToArray()));

        Assert.Equal(Passwords, Enumerable.Range(0, Passwords.Length).Select(_ => Next()));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(HotpExample.SmallestKey - 1)]
    public void A_short_key_is_taken_and_gives_no_password_while_the_counter_goes_on(int size)
    {
        Assert.Equal(TeecResult.Success, Register(new byte[size]));
        Assert.Equal(TeecResult.BadParameters, _session.Invoke(HotpExample.CommandGetHotp, Parameter.ValueOutput()));
        Assert.Equal(TeecResult.Success, Register("12345678901234567890"u8.ToArray()));

        Assert.Equal(Passwords[1], Next());
    }

    [Fact]
    public void Without_a_key_there_is_no_password() =>
        Assert.Equal(TeecResult.BadParameters, _session.Invoke(HotpExample.CommandGetHotp, Parameter.ValueOutput()));

    [Fact]
    public void A_key_that_is_too_long_is_refused_and_the_other_stays()
    {
        Register("12345678901234567890"u8.ToArray());

        Assert.Equal(TeecResult.BadParameters, Register(new byte[HotpExample.LargestKey + 1]));
        Assert.Equal(Passwords[0], Next());
        Assert.Equal(TeecResult.Success, Register(new byte[HotpExample.LargestKey]));
        Assert.Equal(TeecResult.Success, _session.Invoke(HotpExample.CommandGetHotp, Parameter.ValueOutput()));
    }

    [Fact]
    public void Sessions_have_counters_and_keys_of_their_own()
    {
        Register("12345678901234567890"u8.ToArray());
        Next();
        using TeeSession other = _session.Context.OpenSession(HotpExample.Uuid);

        Assert.Equal(TeecResult.BadParameters, other.TryInvoke(HotpExample.CommandGetHotp, new Operation(Parameter.ValueOutput()), out _));
        Assert.Equal(Passwords[1], Next());
    }

    private TeecResult Register(byte[] key) => _session.Invoke(HotpExample.CommandRegisterSharedKey, Parameter.TempInput(key));

    private uint Next()
    {
        var operation = new Operation(Parameter.ValueOutput());
        Assert.Equal(TeecResult.Success, _session.Invoke(HotpExample.CommandGetHotp, operation));
        return operation[0].A;
    }
}
