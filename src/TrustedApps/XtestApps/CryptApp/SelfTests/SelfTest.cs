namespace RestrictedTee.TrustedApps.XtestApps.CryptApp.SelfTests;

/// <summary>One test of known answers.</summary>
/// <param name="Name">As mbedTLS has it.</param>
/// <param name="Passes">Whether what comes out is what is known.</param>
internal sealed record SelfTest(string Name, Func<bool> Passes)
{
    /// <summary>Those that the original runs, in its order.</summary>
    internal static readonly SelfTest[] All =
    [
        new("aes", CipherTests.Aes),
        new("des", CipherTests.Des),
        new("md5", DigestTests.Md5),
        new("sha1", DigestTests.Sha1),
        new("sha256", DigestTests.Sha256),
        new("base64", NumberTests.Base64Texts),
        new("mpi", NumberTests.BigIntegers),
        new("rsa", RsaTests.Rsa),
    ];
}
