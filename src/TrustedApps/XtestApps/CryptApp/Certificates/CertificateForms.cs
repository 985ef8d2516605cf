using System.Buffers.Text;
using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using RestrictedTee.Sdk;

namespace RestrictedTee.TrustedApps.XtestApps.CryptApp.Certificates;

/// <summary>
/// The two forms in which clients pass certificates and requests, told apart as mbedTLS does: text (RFC 7468) ends with a zero byte and has the
/// label; all else is DER.
/// </summary>
internal static class CertificateForms
{
    private const string Certificate = "CERTIFICATE";

    /// <summary>One certificate as DER, behind which whatever may lie, or any number as text, each of which must be one.</summary>
    /// <exception cref="TeeException">BadFormat: there is none, or one that is none.</exception>
    internal static CertificateList ReadCertificates(ReadOnlySpan<byte> form)
    {
        var certificates = new CertificateList();
        try
        {
            ReadOnlySpan<byte> text = TextOf(form), begin = Begin(Certificate);
            if (text.IndexOf(begin) < 0)
                certificates.All.Add(Load(form));
            for (int at; (at = text.IndexOf(begin)) >= 0; text = text[at..])
            {
                certificates.All.Add(Load(Decode(text, Certificate, out int end)));
                at = end;
            }

            return certificates;
        }
        catch
        {
            certificates.Dispose();
            throw;
        }
    }

    /// <summary>A request (PKCS#10), which as DER is all that there is.</summary>
    /// <exception cref="TeeException">BadFormat: there is a label, and no request under it.</exception>
    internal static byte[] ReadRequest(ReadOnlySpan<byte> form)
    {
        ReadOnlySpan<byte> text = TextOf(form);
        foreach (string label in (ReadOnlySpan<string>)["CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST"])
        {
            if (text.IndexOf(Begin(label)) >= 0)
                return Decode(text, label);
        }

        return form.ToArray();
    }

    /// <summary>What stands under the first label of this name.</summary>
    /// <exception cref="TeeException">BadFormat.</exception>
    internal static byte[] Decode(ReadOnlySpan<byte> text, string label) => Decode(text, label, out _);

    private static byte[] Decode(ReadOnlySpan<byte> text, string label, out int end)
    {
        // What is found must be what was looked for: a malformed block is an error, and not passed over.
        int at = text.IndexOf(Begin(label));
        if (at < 0 || !PemEncoding.TryFindUtf8(text[at..], out PemFields fields) || fields.Location.Start.Value != 0)
            throw new TeeException(TeeResult.BadFormat, $"There is no '{label}' in the {text.Length} characters that is whole.");
        end = at + fields.Location.End.Value;
        byte[] content = text[at..][fields.Base64Data].ToArray();
        if (Base64.DecodeFromUtf8InPlace(content, out int size) != System.Buffers.OperationStatus.Done)
            throw new TeeException(TeeResult.BadFormat, $"The '{label}' at {at} is no base64.");
        return content[..size];
    }

    private static X509Certificate2 Load(ReadOnlySpan<byte> der)
    {
        AsnDecoder.ReadEncodedValue(der, AsnEncodingRules.DER, out _, out _, out int size);
        return X509CertificateLoader.LoadCertificate(der[..size]);
    }

    private static ReadOnlySpan<byte> TextOf(ReadOnlySpan<byte> form) => form is [.., 0] ? form[..form.IndexOf((byte)0)] : [];

    private static byte[] Begin(string label) => Encoding.ASCII.GetBytes($"-----BEGIN {label}-----");
}
