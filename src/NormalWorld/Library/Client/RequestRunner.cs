using RestrictedTee.NormalWorld.Device;
using RestrictedTee.NormalWorld.Uapi;

namespace RestrictedTee.NormalWorld.Client;

/// <summary>Carries requests out: operations become ioctl parameters, results and errno an outcome with its origin.</summary>
internal sealed class RequestRunner(TeeContext context, ITeeDevice device)
{
    /// <summary>Invokes a command.</summary>
    internal TeecResult Run(Operation? operation, Span<TeeIoctlParam> parameters, ref TeeIoctlInvokeArg argument, out TeecOrigin origin)
    {
        if (operation is null)
            return Ioctl(ref argument, [], out origin);
        BounceArray bounces = default;
        try
        {
            int count = ToIoctl(operation, parameters, ref bounces);
            argument.NumParams = (uint)count;
            TeecResult result = Ioctl(ref argument, parameters[..count], out origin);
            FromIoctl(operation, parameters, count, ref bounces);
            return result;
        }
        catch (TeecException e)
        {
            origin = e.Origin;
            return e.Result;
        }
        finally
        {
            context.Bounces.Return(ref bounces);
        }
    }

    /// <summary>Opens a session.</summary>
    internal TeecResult Run(Operation? operation, Span<TeeIoctlParam> parameters, ref TeeIoctlOpenSessionArg argument, out TeecOrigin origin)
    {
        BounceArray bounces = default;
        try
        {
            int count = operation is null ? 0 : ToIoctl(operation, parameters, ref bounces);
            argument.NumParams = (uint)count;
            TeecResult result;
            try
            {
                device.OpenSession(ref argument, parameters[..count]);
                (result, origin) = ((TeecResult)argument.Ret, (TeecOrigin)argument.RetOrigin);
            }
            catch (TeeDriverException e)
            {
                (result, origin) = (ErrnoResults.FromErrno(e.Errno), TeecOrigin.Comms);
            }

            if (operation is not null)
                FromIoctl(operation, parameters, count, ref bounces);
            return result;
        }
        catch (TeecException e)
        {
            origin = e.Origin;
            return e.Result;
        }
        finally
        {
            context.Bounces.Return(ref bounces);
        }
    }

    private TeecResult Ioctl(ref TeeIoctlInvokeArg argument, Span<TeeIoctlParam> parameters, out TeecOrigin origin)
    {
        try
        {
            device.Invoke(ref argument, parameters);
            origin = (TeecOrigin)argument.RetOrigin;
            return (TeecResult)argument.Ret;
        }
        catch (TeeDriverException e)
        {
            origin = TeecOrigin.Comms;
            return ErrnoResults.FromErrno(e.Errno);
        }
    }

    private int ToIoctl(Operation operation, Span<TeeIoctlParam> parameters, ref BounceArray bounces)
    {
        int count = 0;
        for (int i = 0; i < Operation.ParameterCount; i++)
        {
            parameters[i] = operation[i].ToIoctl(context, out bounces[i]);
            if (parameters[i].Attr != 0)
                count = i + 1;
        }

        return count;
    }

    private static void FromIoctl(Operation operation, ReadOnlySpan<TeeIoctlParam> parameters, int count, ref BounceArray bounces)
    {
        for (int i = 0; i < count; i++)
            operation[i].FromIoctl(parameters[i], bounces[i]);
    }
}
