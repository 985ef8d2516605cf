using RestrictedTee.NormalWorld.Device;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Interleaving;

namespace RestrictedTee.NormalWorld.Client;

/// <summary>
/// Carries requests out: operations become ioctl parameters, results and errno an outcome with its origin. It throws nothing for
/// whatever its caller passes.
/// </summary>
internal sealed class RequestRunner(TeeContext context, ITeeDevice device)
{
    private delegate (uint Result, uint Origin) Ioctl<T>(ITeeDevice device, ref T argument, Span<TeeIoctlParam> parameters);

    /// <summary>Invokes a command.</summary>
    internal TeecResult Run(Operation? operation, ref TeeIoctlInvokeArg argument, out TeecOrigin origin) =>
        Run(operation, ref argument, Invoke, out origin);

    /// <summary>Opens a session.</summary>
    internal TeecResult Run(Operation? operation, ref TeeIoctlOpenSessionArg argument, out TeecOrigin origin) =>
        Run(operation, ref argument, OpenSession, out origin);

    private static (uint Result, uint Origin) Invoke(ITeeDevice device, ref TeeIoctlInvokeArg argument, Span<TeeIoctlParam> parameters)
    {
        argument.NumParams = (uint)parameters.Length;
        device.Invoke(ref argument, parameters);
        return (argument.Ret, argument.RetOrigin);
    }

    private static (uint Result, uint Origin) OpenSession(ITeeDevice device, ref TeeIoctlOpenSessionArg argument, Span<TeeIoctlParam> parameters)
    {
        argument.NumParams = (uint)parameters.Length;
        device.OpenSession(ref argument, parameters);
        return (argument.Ret, argument.RetOrigin);
    }

    private TeecResult Run<T>(Operation? operation, ref T argument, Ioctl<T> ioctl, out TeecOrigin origin)
        where T : struct
    {
        InterleavingPoint.Reach("RequestRunner.Run");
        Span<TeeIoctlParam> parameters = stackalloc TeeIoctlParam[Operation.ParameterCount];
        var memory = new RequestMemory(context.Bounces);
        try
        {
            int count = operation is null ? 0 : ToIoctl(operation, parameters, ref memory);
            (uint result, uint from) = ioctl(device, ref argument, parameters[..count]);
            origin = (TeecOrigin)from;
            // A request that did not reach the TA leaves everything as it was; one that failed there brings back what there is.
            if (operation is not null && TeecOutcome.MayHaveRun((TeecResult)result, origin))
                FromIoctl(operation, parameters, count, memory);
            return (TeecResult)result;
        }
        catch (TeecException e)
        {
            // libteec's name for what fails before the ioctl (teec_pre_process_operation), whichever call it was.
            origin = TeecOrigin.Api;
            return e.Result;
        }
        catch (TeeDriverException e)
        {
            origin = TeecOrigin.Comms;
            return ErrnoResults.FromErrno(e.Errno);
        }
        catch (ObjectDisposedException)
        {
            origin = TeecOrigin.Comms; // another thread has closed the context meanwhile
            return TeecResult.Communication;
        }
        finally
        {
            memory.Release();
        }
    }

    private int ToIoctl(Operation operation, Span<TeeIoctlParam> parameters, ref RequestMemory memory)
    {
        int count = 0;
        for (int i = 0; i < Operation.ParameterCount; i++)
        {
            parameters[i] = operation[i].ToIoctl(context, i, ref memory);
            if (parameters[i].Attr != 0)
                count = i + 1;
        }

        return count;
    }

    private static void FromIoctl(Operation operation, ReadOnlySpan<TeeIoctlParam> parameters, int count, in RequestMemory memory)
    {
        for (int i = 0; i < count; i++)
            operation[i].FromIoctl(parameters[i], i, memory);
    }
}
