namespace RestrictedTee.NormalWorld.Uapi;

/// <summary>errno: the vocabulary of an ioctl (include/uapi/asm-generic/errno-base.h and errno.h).</summary>
public enum Errno
{
    /// <summary>Not permitted.</summary>
    EPERM = 1,

    /// <summary>No such file: a heap or device of that name is not there.</summary>
    ENOENT = 2,

    /// <summary>Interrupted.</summary>
    EINTR = 4,

    /// <summary>Input/output error: something went wrong inside of the driver.</summary>
    EIO = 5,

    /// <summary>Not an open handle.</summary>
    EBADF = 9,

    /// <summary>Try again.</summary>
    EAGAIN = 11,

    /// <summary>Out of memory, or of room in a pool.</summary>
    ENOMEM = 12,

    /// <summary>Permission denied.</summary>
    EACCES = 13,

    /// <summary>An address that cannot be read or written.</summary>
    EFAULT = 14,

    /// <summary>In use.</summary>
    EBUSY = 16,

    /// <summary>The device has gone: the secure world died or was stopped.</summary>
    ENODEV = 19,

    /// <summary>An argument that makes no sense here.</summary>
    EINVAL = 22,

    /// <summary>Too many open descriptors.</summary>
    EMFILE = 24,

    /// <summary>Not an ioctl of this device.</summary>
    ENOTTY = 25,

    /// <summary>No data.</summary>
    ENODATA = 61,

    /// <summary>A message that is too long.</summary>
    EMSGSIZE = 90,

    /// <summary>Not supported.</summary>
    EOPNOTSUPP = 95,

    /// <summary>Not done by its deadline.</summary>
    ETIMEDOUT = 110,

    /// <summary>Cancelled: the other side came to a bad end.</summary>
    ECANCELED = 125,
}

/// <summary>A driver call that failed, with its errno. The one exception type of this border.</summary>
public sealed class TeeDriverException : IOException
{
    /// <summary>With an errno and what was wrong, values included.</summary>
    public TeeDriverException(Errno errno, string message)
        : base($"{errno}: {message}")
    {
        Errno = errno;
    }

    /// <summary>The errno.</summary>
    public Errno Errno { get; }
}
