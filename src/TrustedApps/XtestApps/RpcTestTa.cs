using RestrictedTee.Contracts;
using RestrictedTee.Sdk;

namespace RestrictedTee.TrustedApps.XtestApps;

/// <summary>
/// The rpc_test TA: what it is asked it asks the crypt TA, be it with references into the client's memory or with its own memory, into which it
/// copies. Whether the parameters are of the right types is for that one to say.
/// </summary>
[TrustedApp(RpcTest.UuidText)]
public sealed class RpcTestTa : TrustedApp
{
    [OpenSession]
    public static void Open(RawParameters parameters)
    {
    }

    [Command(RpcTest.CommandSha224)]
    public static TeeResult Sha224(RawParameters parameters) => Forward(Crypt.CommandSha224, parameters);

    [Command(RpcTest.CommandSha256)]
    public static TeeResult Sha256(RawParameters parameters) => Forward(Crypt.CommandSha256, parameters);

    [Command(RpcTest.CommandAes256EcbEncrypt)]
    public static TeeResult Encrypt(RawParameters parameters) => Forward(Crypt.CommandAes256EcbEncrypt, parameters);

    [Command(RpcTest.CommandAes256EcbDecrypt)]
    public static TeeResult Decrypt(RawParameters parameters) => Forward(Crypt.CommandAes256EcbDecrypt, parameters);

    [Command(RpcTest.CommandPrivateSha224)]
    public static TeeResult PrivateSha224(RawParameters parameters) => ForwardCopies(Crypt.CommandSha224, parameters);

    [Command(RpcTest.CommandPrivateSha256)]
    public static TeeResult PrivateSha256(RawParameters parameters) => ForwardCopies(Crypt.CommandSha256, parameters);

    [Command(RpcTest.CommandPrivateAes256EcbEncrypt)]
    public static TeeResult PrivateEncrypt(RawParameters parameters) => ForwardCopies(Crypt.CommandAes256EcbEncrypt, parameters);

    [Command(RpcTest.CommandPrivateAes256EcbDecrypt)]
    public static TeeResult PrivateDecrypt(RawParameters parameters) => ForwardCopies(Crypt.CommandAes256EcbDecrypt, parameters);

    /// <summary>The counter stays here; the client gets nothing in whatever it has passed.</summary>
    [Command(RpcTest.CommandOpen)]
    public static TeeResult OpenSims(RawParameters parameters)
    {
        using TaClientSession sims = TaClientSession.Open(Sims.Uuid);
        for (int i = 0; i < ParameterTypes.Count; i++)
            parameters.Answer(i, default);
        var operation = new TaOperation { P0 = TaParam.ValueOutput() };
        return sims.TryInvoke(Sims.CommandGetCounter, ref operation, out _);
    }

    private static TeeResult Forward(uint command, RawParameters parameters)
    {
        using TaClientSession crypt = TaClientSession.Open(Crypt.Uuid);
        var operation = new TaOperation { P0 = parameters.ToPass(0), P1 = parameters.ToPass(1), P2 = parameters.ToPass(2), P3 = parameters.ToPass(3) };
        TeeResult result = crypt.TryInvoke(command, ref operation, out _);
        parameters.Answer(operation);
        return result;
    }

    private static TeeResult ForwardCopies(uint command, RawParameters parameters)
    {
        using TaClientSession crypt = TaClientSession.Open(Crypt.Uuid);
        using var copies = new PrivateCopies(parameters);
        TaOperation operation = copies.Operation();
        TeeResult result = crypt.TryInvoke(command, ref operation, out _);
        copies.CopyBack(operation);
        parameters.Answer(operation);
        return result;
    }
}
