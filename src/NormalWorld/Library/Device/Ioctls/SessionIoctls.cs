using RestrictedTee.NormalWorld.Uapi;

namespace RestrictedTee.NormalWorld.Device.Ioctls;

/// <summary>The ioctls about sessions with trusted applications, and the one that asks what the TEE is.</summary>
internal static class SessionIoctls
{
    internal static void Version(TeeFile file, ref TeeIoctlVersionData data, ref IoctlFrame frame) => data = file.Device.GetVersion();

    internal static void Open(TeeFile file, ref TeeIoctlOpenSessionArg argument, Span<TeeIoctlParam> parameters) =>
        file.Device.OpenSession(ref argument, parameters);

    internal static void Invoke(TeeFile file, ref TeeIoctlInvokeArg argument, Span<TeeIoctlParam> parameters) =>
        file.Device.Invoke(ref argument, parameters);

    internal static void Cancel(TeeFile file, ref TeeIoctlCancelArg argument, ref IoctlFrame frame) =>
        file.Device.Cancel(argument.CancelId, argument.Session);

    internal static void Close(TeeFile file, ref uint session, ref IoctlFrame frame) => file.Device.CloseSession(session);
}
