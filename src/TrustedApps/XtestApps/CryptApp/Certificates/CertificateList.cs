using System.Security.Cryptography.X509Certificates;

namespace RestrictedTee.TrustedApps.XtestApps.CryptApp.Certificates;

/// <summary>Certificates with one owner: the system's library has each, outside of the heap, where the collector sees nothing of hundreds of them.</summary>
internal sealed class CertificateList : IDisposable
{
    internal X509Certificate2Collection All { get; } = [];

    public void Dispose()
    {
        foreach (X509Certificate2 certificate in All)
            certificate.Dispose();
    }
}
