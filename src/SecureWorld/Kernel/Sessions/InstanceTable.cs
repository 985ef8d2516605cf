using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Kernel.Calls;
using RestrictedTee.SecureWorld.Kernel.Instances;
using RestrictedTee.SmcTransport.Interleaving;

namespace RestrictedTee.SecureWorld.Kernel.Sessions;

/// <summary>Which instances there are, and who may have one. It runs nothing of a TA.</summary>
internal sealed class InstanceTable(SessionLock sessionLock, ITaStore store)
{
    private readonly List<TaInstance> _instances = [];
    private readonly HashSet<TaInstance> _remains = []; // dead without a session that would end them; protected by the kernel's lock

    /// <summary>
    /// Takes a hold on an instance of a TA: the single one when it lives, else a new one, which the caller must create.
    /// </summary>
    /// <remarks>
    /// A single instance that is being created or destroyed is waited for, but not by a thread that is in a single-instance TA:
    /// two TAs that open each other in Create would wait for ever. Such a thread gets TEE_ERROR_BUSY.
    /// </remarks>
    internal Outcome Acquire(CallStack stack, Guid uuid, Operation operation, out TaInstance instance)
    {
        instance = null!;
        ITaProgram? program = null;
        while (true)
        {
            using (SessionLock.Scope held = sessionLock.Enter())
            {
                TaInstance? existing = _instances.Find(i => i.Manifest.Uuid == uuid && i.Manifest.Has(TaFlags.SingleInstance));
                if (existing is { State: InstanceState.Creating or InstanceState.Ending })
                {
                    if (stack.HoldsSingleInstance)
                        return Outcome.Tee(TeeResult.Busy);
                    if (operation.IsUnwanted)
                        return Outcome.Tee(TeeResult.Cancel);
                    held.WaitForChange(operation.TimeLeft);
                    continue;
                }

                if (existing is not null)
                {
                    if (!existing.Manifest.Has(TaFlags.MultiSession) && existing.SessionCount > 0)
                        return Outcome.Tee(TeeResult.Busy);
                    existing.SessionCount++;
                    instance = existing;
                    return Outcome.Success;
                }

                if (program is not null)
                {
                    instance = new TaInstance(program, program.NewInstance()) { SessionCount = 1 };
                    InterleavingPoint.Reach("InstanceTable.Acquire");
                    _instances.Add(instance);
                    return Outcome.Success;
                }
            }

            TeeResult found = store.Find(uuid, out program);
            if (found != TeeResult.Success)
                return Outcome.Tee(found);
        }
    }

    /// <summary>A session joins an instance that lives: called with no lock held.</summary>
    internal void LookForNewer(TaInstance instance) => store.LookForNewer(instance.Program);

    /// <summary>The new instance serves, or does not come to be.</summary>
    internal void Created(TaInstance instance, bool succeeded)
    {
        using SessionLock.Scope held = sessionLock.Enter();
        if (!succeeded)
            _instances.Remove(instance);
        if (instance.State == InstanceState.Creating)
            instance.MoveTo(succeeded ? InstanceState.Ready : InstanceState.Gone);
        held.Changed();
    }

    /// <summary>Gives up one session's hold.</summary>
    /// <returns>Whether it was the last and the instance need not live on: the caller must end it.</returns>
    internal bool Release(TaInstance instance)
    {
        using SessionLock.Scope held = sessionLock.Enter();
        instance.SessionCount--;
        bool keepAlive = instance.Manifest.Has(TaFlags.SingleInstance | TaFlags.InstanceKeepAlive);
        bool stays = keepAlive && (!instance.IsPanicked || instance.Manifest.Has(TaFlags.InstanceKeepCrashed));
        held.Changed();
        if (instance.SessionCount == 0 && instance.IsPanicked && stays)
            _remains.Add(instance);
        if (instance.SessionCount != 0 || stays || instance.State is not (InstanceState.Ready or InstanceState.Panicked))
            return false;
        if (!instance.IsPanicked)
            instance.MoveTo(InstanceState.Ending);
        return true;
    }

    /// <summary>The instance has ended.</summary>
    internal void Ended(TaInstance instance)
    {
        using SessionLock.Scope held = sessionLock.Enter();
        _instances.Remove(instance);
        instance.MoveTo(InstanceState.Gone);
        held.Changed();
    }

    /// <summary>Marks an instance as dead. Unless it asks to stay dead, the next session gets a new one.</summary>
    internal void MarkPanicked(TaInstance instance)
    {
        using SessionLock.Scope held = sessionLock.Enter();
        if (instance.State == InstanceState.Gone)
            return;
        if (instance is { State: InstanceState.Ready, SessionCount: 0 })
            _remains.Add(instance);
        instance.MoveTo(InstanceState.Panicked);
        if (!instance.Manifest.Has(TaFlags.InstanceKeepAlive | TaFlags.InstanceKeepCrashed))
            _instances.Remove(instance);
        held.Changed();
    }

    /// <summary>What a dead instance still holds and could not give back without waiting is for the next who looks.</summary>
    internal void LeaveRemains(TaInstance instance)
    {
        using SessionLock.Scope held = sessionLock.Enter();
        _remains.Add(instance);
    }

    /// <summary>The sessions that an instance has opened to others.</summary>
    internal uint[] SessionsOf(TaInstance instance)
    {
        using SessionLock.Scope held = sessionLock.Enter();
        return instance.Resources.Clients.Ids;
    }

    /// <summary>The dead whose things nobody else will give back; each is told once.</summary>
    internal TaInstance[] TakeRemains()
    {
        using SessionLock.Scope held = sessionLock.Enter();
        if (_remains.Count == 0)
            return [];
        TaInstance[] remains = [.. _remains];
        _remains.Clear();
        return remains;
    }

    /// <summary>The living instances of a TA.</summary>
    internal TaInstance[] Of(Guid uuid)
    {
        using SessionLock.Scope held = sessionLock.Enter();
        return [.. _instances.Where(instance => instance.Manifest.Uuid == uuid)];
    }
}
