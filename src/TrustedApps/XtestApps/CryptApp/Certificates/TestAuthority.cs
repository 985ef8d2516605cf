using System.Formats.Asn1;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using RestrictedTee.Sdk;

namespace RestrictedTee.TrustedApps.XtestApps.CryptApp.Certificates;

/// <summary>
/// Who signs: a root, whose key nobody has kept, and an intermediate, whose key lies in this assembly for everybody to read, as that of the original's
/// does. It is there to be tested with and protects nothing. A real authority's key would be made in the TEE, or come to it wrapped.
/// </summary>
internal static class TestAuthority
{
    // RSAPrivateKey (RFC 8017, appendix A.1.2), behind its version.
    private static readonly AttributeId[] PartsOfKey =
    [
        AttributeId.RsaModulus, AttributeId.RsaPublicExponent, AttributeId.RsaPrivateExponent, AttributeId.RsaPrime1, AttributeId.RsaPrime2,
        AttributeId.RsaExponent1, AttributeId.RsaExponent2, AttributeId.RsaCoefficient,
    ];

    /// <summary>Bits of the intermediate's key.</summary>
    internal const int KeySize = 2048;

    /// <summary>The root's certificate, as a file has it.</summary>
    internal static byte[] Root => Read("ca");

    /// <summary>The intermediate's.</summary>
    internal static byte[] Intermediate => Read("mid");

    internal static X509Certificate2 LoadIntermediate() => X509Certificate2.CreateFromPem(Encoding.ASCII.GetString(Intermediate));

    /// <summary>
    /// The intermediate's key as an object of the kernel: that the file passes over the managed heap, where no key belongs, is borne with as it is public.
    /// </summary>
    internal static TransientObject LoadKey()
    {
        AsnReader numbers = new AsnReader(CertificateForms.Decode(Read("mid-key"), "RSA PRIVATE KEY"), AsnEncodingRules.DER).ReadSequence();
        numbers.ReadInteger();
        using var parts = new AttributeList();
        foreach (AttributeId part in PartsOfKey)
            parts.Add(part, numbers.ReadIntegerBytes().Span.TrimStart((byte)0));

        TransientObject key = TransientObject.Allocate(ObjectType.RsaKeyPair, KeySize);
        key.Populate(parts);
        return key;
    }

    private static byte[] Read(string name)
    {
        using Stream file = typeof(TestAuthority).Assembly.GetManifestResourceStream($"Certificates/{name}")!;
        byte[] content = new byte[file.Length];
        file.ReadExactly(content);
        return content;
    }
}
