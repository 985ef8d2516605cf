using RestrictedTee.Contracts;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.Device;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.Xtest.Framework;

namespace RestrictedTee.Xtest.Regression1000;

/// <summary>1026–1028: who a TA is told that its client is.</summary>
internal static class LoginCases
{
    internal static readonly XtestCase[] All =
    [
        new("regression_1026", "Session: public login", c => Login(c, TeecLogin.Public, 0, Guid.Empty)),
        new("regression_1027", "Session: user login for current user", c => Login(c, TeecLogin.User, 0, Named($"uid={ClientIdentity.Self.Uid:x}"))),
        new("regression_1028", "Session: group login for current user's effective group", c => Login(c, TeecLogin.Group, ClientIdentity.Self.Gid, Named($"gid={ClientIdentity.Self.Gid:x}"))),
    ];

    private static Guid Named(string name) => ClientIdentity.Version5(ClientIdentity.LinuxNamespace, name);

    private static void Login(CaseRun c, TeecLogin login, uint group, Guid expected)
    {
        c.ExpectSuccess(c.Tee.TryOpenSession(OsTest.Uuid, login, group, null, out TeeSession? session, out _));
        using (session)
        {
            byte[] uuid = new byte[16];
            var operation = new Operation(Parameter.ValueOutput(), Parameter.TempOutput(uuid));
            c.ExpectSuccess(session!.TryInvoke(OsTest.CommandClientIdentity, operation, out _));
            c.Expect(operation[0].A == (uint)login, $"login {login}, got {operation[0].A}");
            c.Expect(new Guid(uuid) == expected, $"client UUID {expected}, got {new Guid(uuid)}");
        }
    }
}
