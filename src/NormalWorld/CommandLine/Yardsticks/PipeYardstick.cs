using System.Diagnostics;
using Microsoft.Win32.SafeHandles;
using RestrictedTee.SmcTransport.Interop;

namespace RestrictedTee.CommandLine.Yardsticks;

/// <summary>
/// The yardstick: a plain blocking 64-byte round trip over two pipes between two processes. What a call costs is given as a
/// ratio to it, because absolute times say as much about the machine as about the program.
/// </summary>
internal sealed unsafe class PipeYardstick : IDisposable
{
    private const int MessageSize = 64;

    private readonly Process _echo;
    private readonly SafeFileHandle _to;
    private readonly SafeFileHandle _from;

    private PipeYardstick(Process echo)
    {
        _echo = echo;
        // Below the streams of Process lie pipes that this process may use as they are: blocking, unbuffered.
        _to = ((System.IO.Pipes.PipeStream?)(echo.StandardInput.BaseStream as System.IO.Pipes.AnonymousPipeClientStream))?.SafePipeHandle is { } pipe
            ? new SafeFileHandle(pipe.DangerousGetHandle(), ownsHandle: false)
            : HandleOf(echo.StandardInput.BaseStream);
        _from = HandleOf(echo.StandardOutput.BaseStream);
    }

    /// <summary>The process at the other end.</summary>
    internal int Pid => _echo.Id;

    internal static PipeYardstick Start(string echoCommand)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true };
        start.ArgumentList.Add(echoCommand);
        return new PipeYardstick(Process.Start(start)!);
    }

    internal void RoundTrip()
    {
        byte* message = stackalloc byte[MessageSize];
        WriteAll(_to, message);
        if (!ReadAll(_from, message))
            throw new IOException("The echo process has gone.");
    }

    /// <summary>The other end: runs until its input closes.</summary>
    internal static void Echo()
    {
        using var input = new SafeFileHandle(0, ownsHandle: false);
        using var output = new SafeFileHandle(1, ownsHandle: false);
        byte* message = stackalloc byte[MessageSize];
        while (ReadAll(input, message))
            WriteAll(output, message);
    }

    public void Dispose()
    {
        _echo.StandardInput.Close();
        _echo.WaitForExit();
        _echo.Dispose();
    }

    private static SafeFileHandle HandleOf(Stream stream) => stream switch
    {
        FileStream file => file.SafeFileHandle,
        System.IO.Pipes.PipeStream pipe => new SafeFileHandle(pipe.SafePipeHandle.DangerousGetHandle(), ownsHandle: false),
        _ => throw new NotSupportedException($"A redirected stream is a {stream.GetType().Name}."),
    };

    private static bool ReadAll(SafeFileHandle from, byte* buffer)
    {
        for (nint done = 0; done < MessageSize;)
        {
            nint count = Libc.Read(from, buffer + done, (nuint)(MessageSize - done));
            if (count <= 0)
                return false;
            done += count;
        }

        return true;
    }

    private static void WriteAll(SafeFileHandle to, byte* buffer)
    {
        for (nint done = 0; done < MessageSize;)
        {
            nint count = Libc.Write(to, buffer + done, (nuint)(MessageSize - done));
            if (count <= 0)
                throw Libc.Failed("write");
            done += count;
        }
    }
}
