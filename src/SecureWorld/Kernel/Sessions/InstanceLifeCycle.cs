using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Kernel.Calls;
using RestrictedTee.SecureWorld.Kernel.Instances;
using Serilog;

namespace RestrictedTee.SecureWorld.Kernel.Sessions;

/// <summary>Brings instances to life and ends them: the entry points that belong to no session, and what comes back at the end.</summary>
/// <param name="instances">Which there are.</param>
/// <param name="closeSession">Closes a session that an instance has left open; told not to wait, it answers BUSY and leaves it.</param>
internal sealed class InstanceLifeCycle(InstanceTable instances, Func<SessionTable, uint, bool, TeeResult> closeSession)
{
    /// <summary>Takes a hold on an instance, creating it if there is none.</summary>
    internal Outcome Acquire(CallStack stack, Guid uuid, Operation operation, out TaInstance instance)
    {
        // An instance may die on a thread that is none of the TEE's, where its sessions to others cannot be closed.
        foreach (TaInstance dead in instances.TakeRemains())
            CleanUpRemains(dead);
        Outcome outcome = instances.Acquire(stack, uuid, operation, out instance);
        if (!outcome.IsSuccess)
            return outcome;
        if (instance.State == InstanceState.Creating)
            return Create(stack, instance, operation);
        try
        {
            instances.LookForNewer(instance);
            return outcome;
        }
        catch
        {
            Release(stack, instance); // nobody else knows of the hold
            throw;
        }
    }

    /// <summary>Gives up a hold, and ends the instance when it was the last and it need not live on.</summary>
    internal void Release(CallStack stack, TaInstance instance)
    {
        if (!instances.Release(instance))
            return;
        try
        {
            var operation = new Operation();
            operation.Begin(cancelId: 0, TaClientSession.InfiniteTimeout, closes: false);
            if (!instance.IsPanicked && Run(stack, instance, operation, runtime => runtime.Destroy()).Death is { } cause)
                Log.Warning("TA {Uuid} {Cause} while it was being destroyed", instance.Manifest.Uuid, cause);
        }
        finally
        {
            try
            {
                CleanUp(instance);
            }
            finally
            {
                instances.Ended(instance); // else who wants an instance of the TA waits for ever
            }
        }
    }

    /// <summary>What an entry point's end means for the instance and for the client.</summary>
    internal Outcome Conclude(TaInstance instance, TaReturn result)
    {
        if (result.Death is { } cause)
        {
            instances.MarkPanicked(instance);
            Log.Warning("TA {Uuid} {Cause}", instance.Manifest.Uuid, cause);
        }

        if (!instance.IsPanicked)
            return new Outcome(result.Result, TeeOrigin.TrustedApp);
        CleanUp(instance);
        return Outcome.Tee(TeeResult.TargetDead);
    }

    /// <summary>Marks the instance as dead; who catches the exception that follows gains nothing.</summary>
    internal void MarkPanicked(TaInstance instance) => instances.MarkPanicked(instance);

    /// <summary>Ends all instances of a TA that has failed outside of any call. What a call of theirs still does comes to nothing.</summary>
    internal void Kill(Guid uuid, string cause)
    {
        TaInstance[] victims = instances.Of(uuid);
        Log.Warning("TA {Uuid} {Cause} on a thread of its own, which ends {Count} instances of it", uuid, cause, victims.Length);
        foreach (TaInstance instance in victims)
            instances.MarkPanicked(instance);
    }

    /// <summary>
    /// Creating is part of the request that opens the session: it is cancelled with it and takes from its time, as upstream,
    /// where TA_CreateEntryPoint runs when the first session enters. The next entry point starts out masked again.
    /// </summary>
    private Outcome Create(CallStack stack, TaInstance instance, Operation operation)
    {
        bool succeeded = false;
        try
        {
            Outcome outcome = Conclude(instance, Run(stack, instance, operation, runtime => runtime.Create()));
            succeeded = outcome.IsSuccess;
            return outcome.IsSuccess ? Outcome.Success : outcome;
        }
        finally
        {
            operation.Mask(mask: true);
            try
            {
                if (!succeeded)
                    CleanUp(instance);
            }
            finally
            {
                instances.Created(instance, succeeded);
            }
        }
    }

    private static TaReturn Run(CallStack stack, TaInstance instance, Operation operation, Func<ITaRuntime, TaReturn> entryPoint)
    {
        stack.Push(new Session(0, instance, default), operation);
        try
        {
            return entryPoint(instance.Runtime);
        }
        finally
        {
            stack.Pop();
        }
    }

    /// <summary>Takes back what the instance holds, in one place: its sessions to others, then its memory.</summary>
    private void CleanUp(TaInstance instance)
    {
        try
        {
            foreach (uint id in instances.SessionsOf(instance))
                closeSession(instance.Resources.Clients, id, true);
        }
        finally
        {
            instance.Resources.ReleaseMemory();
            instance.Runtime.Kill();
        }
    }

    /// <summary>
    /// As <see cref="CleanUp"/>, in the course of a call that has nothing to do with the instance: so it waits for nobody, and
    /// what would have to wait is left to the next one.
    /// </summary>
    private void CleanUpRemains(TaInstance instance)
    {
        instance.Resources.ReleaseMemory();
        instance.Runtime.Kill();
        bool isLeft = false;
        foreach (uint id in instances.SessionsOf(instance))
            isLeft |= closeSession(instance.Resources.Clients, id, false) == TeeResult.Busy;
        if (isLeft)
            instances.LeaveRemains(instance);
    }
}
