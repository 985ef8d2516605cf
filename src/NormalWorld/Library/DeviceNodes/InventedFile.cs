using System.Text;
using Microsoft.Win32.SafeHandles;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Interop;

namespace RestrictedTee.NormalWorld.DeviceNodes;

/// <summary>An ordinary file that is nowhere: its content in sealed memory, opened anew for each reader.</summary>
internal static class InventedFile
{
    /// <summary>Opens it to be read from its beginning.</summary>
    /// <exception cref="TeeDriverException">ENOMEM.</exception>
    internal static SafeFileHandle Open(string name, string content)
    {
        try
        {
            using var memory = new SafeFileHandle(Libc.MemfdCreate(name, Libc.MfdCloexec | Libc.MfdAllowSealing), ownsHandle: true);
            if (memory.IsInvalid)
                throw Libc.Failed("memfd_create");
            RandomAccess.Write(memory, Encoding.ASCII.GetBytes(content), fileOffset: 0);
            if (Libc.FCntl((int)memory.DangerousGetHandle(), Libc.FAddSeals, Libc.SealShrink | Libc.SealGrow | Libc.SealWrite | Libc.SealSeal) != 0)
                throw Libc.Failed("fcntl(F_ADD_SEALS)");
            return File.OpenHandle($"/proc/self/fd/{memory.DangerousGetHandle()}", FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        }
        catch (IOException e)
        {
            throw new TeeDriverException(Errno.ENOMEM, $"There is no memory for '{name}': {e.Message}");
        }
    }
}
