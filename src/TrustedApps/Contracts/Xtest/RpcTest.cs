namespace RestrictedTee.Contracts;

/// <summary>The rpc_test TA (optee_test ta/rpc_test/include/ta_rpc_test.h): passes a command, with all its parameters, on to the crypt TA.</summary>
/// <remarks>
/// What it tells: what the crypt TA answers. It has no secure-data-path property, so that no restricted memref, of any size above 0,
/// reaches it, be it from the normal world or from another TA.
/// </remarks>
public static class RpcTest
{
    /// <summary>TA_RPC_TEST_UUID.</summary>
    public const string UuidText = "d17f73a0-36ef-11e1-984a-0002a5d5c51b";

    /// <summary><see cref="Crypt.CommandSha224"/>, on the client's memory.</summary>
    public const uint CommandSha224 = 1;

    /// <summary><see cref="Crypt.CommandSha256"/>, on the client's memory.</summary>
    public const uint CommandSha256 = 2;

    /// <summary><see cref="Crypt.CommandAes256EcbEncrypt"/>, on the client's memory.</summary>
    public const uint CommandAes256EcbEncrypt = 3;

    /// <summary><see cref="Crypt.CommandAes256EcbDecrypt"/>, on the client's memory.</summary>
    public const uint CommandAes256EcbDecrypt = 4;

    /// <summary>Parameters are not looked at. Asks the sims TA for its counter, and tells that it has been told.</summary>
    public const uint CommandOpen = 5;

    /// <summary><see cref="Crypt.CommandSha224"/>, on the TA's own memory.</summary>
    public const uint CommandPrivateSha224 = 6;

    /// <summary><see cref="Crypt.CommandSha256"/>, on the TA's own memory.</summary>
    public const uint CommandPrivateSha256 = 7;

    /// <summary><see cref="Crypt.CommandAes256EcbEncrypt"/>, on the TA's own memory.</summary>
    public const uint CommandPrivateAes256EcbEncrypt = 8;

    /// <summary><see cref="Crypt.CommandAes256EcbDecrypt"/>, on the TA's own memory.</summary>
    public const uint CommandPrivateAes256EcbDecrypt = 9;

    /// <summary>The UUID.</summary>
    public static readonly Guid Uuid = new(UuidText);
}
