using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Firewall;
using RestrictedTee.SecureWorld.Kernel.Calls;
using RestrictedTee.SecureWorld.Kernel.Instances;
using RestrictedTee.SecureWorld.Kernel.Sessions;
using RestrictedTee.SmcTransport.Interleaving;

namespace RestrictedTee.Tests.Interleaving;

/// <summary>Instances that are wanted, entered and ended at the same moment.</summary>
public sealed class SessionsInterleavingTests
{
    private static readonly Guid Single = new("00000000-0000-0000-0000-000000000001");
    private static readonly Guid Many = new("00000000-0000-0000-0000-000000000002");

    private readonly SessionLock _lock = new();
    private readonly Store _store = new();
    private readonly InstanceTable _instances;

    public SessionsInterleavingTests() => _instances = new InstanceTable(_lock, _store);

    public static TheoryData<string> Operations => ["Acquire", "Created", "Release", "Ended", "MarkPanicked", "Of", "Enter", "EnterNew"];

    [InterleavingFact]
    public void Of_a_single_instance_TA_that_two_want_at_once_there_is_one_instance()
    {
        TaInstance? first = null, second = null;

        Scheduler.Interleave("InstanceTable.Acquire", () => first = MakeReady(Single), () => second = Acquire(Single));

        Assert.Same(first, second);
        Assert.Equal(2, first!.SessionCount);
    }

    [Fact]
    public void A_hold_is_given_up_when_the_search_for_newer_code_fails()
    {
        TaInstance instance = MakeReady(Single);
        var lives = new InstanceLifeCycle(_instances, (_, _, _) => TeeResult.Success);
        _store.Failure = new InsufficientMemoryException();

        Assert.Throws<InsufficientMemoryException>(() => lives.Acquire(new CallStack(), Single, NewOperation(), out _));

        Assert.Equal(1, instance.SessionCount);
    }

    [InterleavingFact]
    public void Of_two_calls_into_an_instance_at_once_one_has_its_turn()
    {
        TaInstance instance = MakeReady(Single);
        TeeResult first = TeeResult.Busy, second = TeeResult.Busy;

        Scheduler.Interleave("CallScope.TakeTurn", () => first = EnterNew(instance).Refusal, () => second = EnterNew(instance, timeout: 0).Refusal);

        Assert.Equal((TeeResult.Success, TeeResult.Cancel), (first, second));
    }

    [InterleavingFact]
    public void Of_two_calls_into_a_session_at_once_one_is_in_it()
    {
        var table = new SessionTable(1);
        table.Add(new Session(5, MakeReady(Single), default));
        TeeResult first = TeeResult.Busy, second = TeeResult.Busy;

        Scheduler.Interleave("CallScope.TakeTurn", () => first = Enter(table).Refusal, () => second = Enter(table, timeout: 0).Refusal);

        Assert.Equal((TeeResult.Success, TeeResult.Cancel), (first, second));
    }

    [InterleavingFact]
    public void A_turn_does_not_end_while_another_thread_looks_for_an_instance()
    {
        TaInstance instance = MakeReady(Many);
        ScheduledThread call = ScheduledThread.HeldAt("in the TA", () =>
        {
            CallScope scope = EnterNew(instance);
            InterleavingPoint.Reach("in the TA");
            scope.Dispose();
        });
        ScheduledThread opener = ScheduledThread.HeldAt("InstanceTable.Acquire", () => MakeReady(Single));

        call.LetGo();
        bool passed = call.HasEnded;
        opener.Finish();
        call.Finish();

        Assert.False(passed);
        Assert.False(instance.Busy);
    }

    [InterleavingTheory]
    [MemberData(nameof(Operations))]
    public void Nothing_gets_in_between_looking_for_an_instance_and_making_one(string operation)
    {
        TaInstance other = operation == "Created" ? Acquire(Many) : MakeReady(Many);
        if (operation == "Ended")
            Assert.True(_instances.Release(other));

        Scheduler.AssertExcludes("InstanceTable.Acquire", () => MakeReady(Single), operation switch
        {
            "Acquire" => () => Acquire(Many),
            "Created" => () => _instances.Created(other, succeeded: true),
            "Release" => () => _instances.Release(other),
            "Ended" => () => _instances.Ended(other),
            "MarkPanicked" => () => _instances.MarkPanicked(other),
            "Of" => () => _instances.Of(Many),
            "Enter" => () => Enter(new SessionTable(1)),
            _ => () => EnterNew(other),
        });
    }

    private TaInstance Acquire(Guid uuid)
    {
        Assert.True(_instances.Acquire(new CallStack(), uuid, NewOperation(), out TaInstance instance).IsSuccess);
        return instance;
    }

    private TaInstance MakeReady(Guid uuid)
    {
        TaInstance instance = Acquire(uuid);
        _instances.Created(instance, succeeded: true);
        return instance;
    }

    private CallScope EnterNew(TaInstance instance, uint timeout = TaClientSession.InfiniteTimeout) =>
        CallScope.EnterNew(_lock, new FirewallRules(), new CallStack(), new Session(1, instance, default), NewOperation(timeout), new CallParameters());

    private CallScope Enter(SessionTable table, uint timeout = TaClientSession.InfiniteTimeout) =>
        CallScope.Enter(_lock, new FirewallRules(), new CallStack(), table, 5, NewOperation(timeout), new CallParameters());

    private static Operation NewOperation(uint timeout = TaClientSession.InfiniteTimeout)
    {
        var operation = new Operation();
        operation.Begin(cancelId: 0, timeout, closes: false);
        return operation;
    }

    private sealed class Store : ITaStore
    {
        internal Exception? Failure { get; set; }

        public void LookForNewer(ITaProgram program)
        {
            if (Failure is not null)
                throw Failure;
        }

        public TeeResult Find(Guid uuid, out ITaProgram? program)
        {
            program = new Program(uuid);
            return TeeResult.Success;
        }
    }

    private sealed class Program(Guid uuid) : ITaProgram
    {
        public TaManifest Manifest { get; } = new(uuid, uuid == Single ? TaFlags.SingleInstance | TaFlags.MultiSession : TaFlags.None)
        {
            Version = "1",
            Description = "none of its code is run here",
            DataSize = 0,
            IsPseudo = false,
            Properties = [],
        };

        public ITaRuntime NewInstance() => null!;
    }
}
