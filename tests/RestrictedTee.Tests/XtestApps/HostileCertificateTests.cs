using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using RestrictedTee.Contracts;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.Tests.Harness;

namespace RestrictedTee.Tests.XtestApps;

/// <summary>Certificates and requests of a client that means no good: they have a result, and their TA lives on.</summary>
public sealed class HostileCertificateTests : IDisposable
{
    private static readonly DateTimeOffset From = DateTimeOffset.UnixEpoch, Until = DateTimeOffset.UnixEpoch.AddYears(80);

    private readonly InProcessTee _tee = new();
    private readonly TeeContext _context;
    private readonly TeeSession _session;
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 _own;

    public HostileCertificateTests()
    {
        _context = _tee.OpenContext();
        _session = _context.OpenSession(Crypt.Uuid);
        _own = new CertificateRequest("CN=own", _key, HashAlgorithmName.SHA256).CreateSelfSigned(From, Until);
    }

    public void Dispose()
    {
        _own.Dispose();
        _key.Dispose();
        _session.Dispose();
        _context.Dispose();
        _tee.Dispose();
    }

    public static TheoryData<string, byte[]> Rubbish => new()
    {
        { "nothing", [] },
        { "a zero", [0] },
        { "sequences in sequences", [.. Enumerable.Repeat((byte)0x30, 100_000)] },
        { "a sequence of four gigabytes", [0x30, 0x84, 0xFF, 0xFF, 0xFF, 0xFF] },
        { "beginnings without an end", Text(string.Concat(Enumerable.Repeat("-----BEGIN CERTIFICATE-----", 4000))) },
        { "beginnings of other things", Text("-----BEGIN CERTIFICATE-----\n" + string.Concat(Enumerable.Repeat("-----BEGIN A-----", 6000))) },
        { "an empty one", Text("-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n") },
    };

    [Theory]
    [MemberData(nameof(Rubbish))]
    public void What_is_no_certificate_is_of_bad_format(string what, byte[] form)
    {
        Assert.True(TeecResult.BadFormat == Check(form, _own.RawData), what);
        Assert.True(TeecResult.BadFormat == Check(_own.RawData, form), what);
        Assert.Equal(TeecResult.Success, Check(_own.RawData, _own.RawData));
    }

    [Fact]
    public void More_than_the_ta_has_memory_for_is_refused_and_what_it_has_room_for_is_read()
    {
        string pem = _own.ExportCertificatePem() + "\n";

        Assert.Equal(TeecResult.Success, Check(Text(string.Concat(Enumerable.Repeat(pem, 200))), _own.RawData));
        Assert.Equal(TeecResult.OutOfMemory, Check(Text(string.Concat(Enumerable.Repeat(pem, 1000))), _own.RawData));
    }

    [Fact]
    public void Bytes_that_were_changed_at_random_cost_no_instance()
    {
        const int Seed = 4711;
        var random = new Random(Seed);
        byte[] request = new CertificateRequest("CN=own", _key, HashAlgorithmName.SHA256).CreateSigningRequest();
        for (int i = 0; i < 400; i++)
        {
            byte[] mutant = [.. i % 2 == 0 ? request : _own.RawData];
            for (int changes = random.Next(1, 4); changes > 0; changes--)
                mutant[random.Next(mutant.Length)] = (byte)random.Next(256);
            TeecResult result = i % 2 == 0
                ? _session.TryInvoke(Crypt.CommandMbedtlsSignCert, new Operation(Parameter.TempInput(mutant), Parameter.TempOutput(new byte[4096]), Parameter.TempOutput(new byte[8192])), out _)
                : Check(mutant, _own.RawData);
            Assert.True(result is TeecResult.Success or TeecResult.BadFormat, $"Change {i} after seed {Seed}: {result}");
        }
    }

    private static byte[] Text(string text) => Encoding.ASCII.GetBytes(text + "\0");

    private TeecResult Check(byte[] chain, byte[] anchor) =>
        _session.TryInvoke(Crypt.CommandMbedtlsCheckCert, new Operation(Parameter.TempInput(chain), Parameter.TempInput(anchor)), out _);
}
