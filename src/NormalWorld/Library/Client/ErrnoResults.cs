using RestrictedTee.NormalWorld.Uapi;

namespace RestrictedTee.NormalWorld.Client;

/// <summary>The border between the driver's errno and the client API's results.</summary>
internal static class ErrnoResults
{
    /// <summary>libteec's ioctl_errno_to_res.</summary>
    internal static TeecResult FromErrno(Errno errno) => errno switch
    {
        Errno.ENOMEM => TeecResult.OutOfMemory,
        Errno.EINVAL or Errno.EBADF or Errno.EFAULT => TeecResult.BadParameters,
        Errno.EPERM or Errno.EACCES => TeecResult.AccessDenied,
        Errno.ENOENT => TeecResult.ItemNotFound,
        Errno.ENODEV => TeecResult.Communication,
        _ => TeecResult.Generic,
    };

    /// <exception cref="TeecException">The driver call failed.</exception>
    internal static T Guard<T>(Func<T> call, string what)
    {
        try
        {
            return call();
        }
        catch (TeeDriverException e)
        {
            throw new TeecException(FromErrno(e.Errno), TeecOrigin.Comms, what, e);
        }
    }
}
