using FsCheck;
using FsCheck.Fluent;
using RestrictedTee.SmcTransport.Abi.Ffa;
using RestrictedTee.SmcTransport.Frames;
using RestrictedTee.SmcTransport.NormalRam;

namespace RestrictedTee.Tests.Ffa;

/// <summary>
/// Random legal and illegal sequences of memory management against <see cref="OwnershipModel"/>: every answer, and every byte
/// that every endpoint can see, must be the model's. 250 sequences of 200 steps and more, seeded; a failing one is shrunk.
/// </summary>
public sealed class OwnershipModelTests
{
    private const int Sequences = 250;
    private const int Steps = 200;
    private const ulong Seed = 20_261_121;
    private const int Endpoints = 3;
    private const int PagesEach = 6;

    private static readonly uint[] Functions = [FfaFunction.MemShare32, FfaFunction.MemLend32, FfaFunction.MemDonate32];

    /// <summary>One step: what to do and, as entropy, to what.</summary>
    private sealed record Step(int Action, int Actor, int Choice, int A, int B, int C)
    {
        public override string ToString() => $"({Action},{Actor},{Choice},{A},{B},{C})";
    }

    [Fact]
    public void Every_answer_and_every_byte_is_the_models()
    {
        Gen<Step> step =
            from action in Gen.Frequency((4, Gen.Constant(0)), (5, Gen.Constant(1)), (4, Gen.Constant(2)), (4, Gen.Constant(3)), (3, Gen.Constant(4)))
            from actor in Gen.Choose(0, Endpoints - 1)
            from choice in Gen.Choose(0, 1000)
            from a in Gen.Choose(0, 1000)
            from b in Gen.Choose(0, 1000)
            from c in Gen.Choose(0, 1000)
            select new Step(action, actor, choice, a, b, c);
        int steps = 0;
        var answers = new Dictionary<(int Action, FfaStatus Status), int>();

        Config config = Config.QuickThrowOnFailure.WithMaxTest(Sequences).WithStartSize(1).WithEndSize(1).WithReplay(Seed, 1).WithQuietOnSuccess(true);
        Prop.ForAll(Arb.From(step.ArrayOf(Steps), Shrink), sequence =>
        {
            steps += sequence.Length;
            Run(sequence, answers);
        }).Check(config);

        Assert.True(steps >= 50_000, $"{steps} steps");
        // Neither all legal nor all illegal: each kind of call got each of its answers often.
        for (int action = 0; action < 4; action++)
        {
            foreach (FfaStatus status in new[] { FfaStatus.Success, FfaStatus.InvalidParameters, FfaStatus.Denied })
                Assert.True(answers.GetValueOrDefault((action, status)) > 500, $"action {action} got {status} {answers.GetValueOrDefault((action, status))} times");
        }
    }

    /// <summary>Leaves out parts, large ones first.</summary>
    private static IEnumerable<Step[]> Shrink(Step[] sequence)
    {
        for (int part = sequence.Length / 2; part >= 1; part /= 2)
        {
            for (int at = 0; at + part <= sequence.Length; at += part)
                yield return [.. sequence[..at], .. sequence[(at + part)..]];
        }
    }

    private static void Run(Step[] sequence, Dictionary<(int Action, FfaStatus Status), int> answers)
    {
        using var world = new SpmcWorld();
        var run = new ModelRun(world, answers);
        foreach (Step step in sequence)
            run.Do(step);
        run.CompareBytes();
    }

    private sealed class ModelRun(SpmcWorld world, Dictionary<(int Action, FfaStatus Status), int> answers)
    {
        private readonly OwnershipModel _model = new(Endpoints, PagesEach);
        private readonly SpmcWorld.Actor[] _actors = [world.NormalWorld, .. world.Echo[..(Endpoints - 1)]];
        private readonly List<(OwnershipModel.Transaction Model, MemoryHandle Handle)> _transactions = [];
        private int _done;

        internal void Do(Step step)
        {
            switch (step.Action)
            {
                case 0:
                    Send(step);
                    break;
                case 1 when _transactions.Count != 0:
                    Retrieve(step);
                    break;
                case 2 when _transactions.Count != 0:
                    Relinquish(step);
                    break;
                case 3 when _transactions.Count != 0:
                    Reclaim(step);
                    break;
                default:
                    Touch(step);
                    break;
            }

            if (++_done % 20 == 0)
                CompareBytes();
        }

        internal void CompareBytes()
        {
            for (int endpoint = 0; endpoint < Endpoints; endpoint++)
            {
                for (int page = 0; page < _model.Pages.Length; page++)
                    Assert.Equal((endpoint, page, _model.Read(endpoint, page)), (endpoint, page, world.Read(_actors[endpoint], AddressOf(page))));
            }
        }

        private void Send(Step step)
        {
            var kind = (OwnershipModel.Kind)(step.Choice % 3);
            bool zero = step.Choice / 3 % 4 == 0;
            // Mostly pages that the sender had at first, so that many sends succeed; sometimes any, sometimes one twice.
            int[] pages = [.. Enumerable.Range(0, 1 + (step.A % 3)).Select(i => PageFor(step.Actor, step.B + (i * 7), anywhere: (step.B + i) % 5 == 0))];
            (int, bool)[] offers = [.. Enumerable.Range(0, 1 + (step.C % 5 / 4)).Select(i => ((step.Actor + 1 + ((step.C + i) % (Endpoints + (step.C % 7 == 0 ? 0 : -1)))) % Endpoints, kind == OwnershipModel.Kind.Donate || step.C / 8 % 3 != 0))];

            FfaStatus expected = _model.Send(kind, step.Actor, pages, offers, zero, out OwnershipModel.Transaction? sent);
            FfaAccess Access(bool readWrite) => kind == OwnershipModel.Kind.Donate ? FfaAccess.NotSpecified : readWrite ? FfaAccess.ReadWrite : FfaAccess.ReadOnly;
            FfaReceiver[] receivers = [.. offers.Select(offer => new FfaReceiver(_actors[offer.Item1].Id, Access(offer.Item2)))];
            FfaMemRange[] ranges = [.. pages.Select(page => SpmcWorld.RangeOf(AddressOf(page)))];
            SmcFrame answer = world.Send(_actors[step.Actor], Functions[(int)kind], ranges, receivers, zero ? FfaMemoryFlags.Zero : FfaMemoryFlags.None);

            Compare(step, expected, answer);
            if (sent is not null)
                _transactions.Add((sent, SpmcWorld.HandleOf(answer)));
        }

        private void Retrieve(Step step)
        {
            (OwnershipModel.Transaction transaction, MemoryHandle handle) = Pick(step);
            int caller = step.A % 4 == 0 ? step.Actor : transaction.Offers[step.A % transaction.Offers.Length].Receiver;
            bool bypass = step.B % 5 == 0 ? step.C % 2 == 0 : transaction.Offers.Length > 1;
            bool zeroAfter = step.B % 6 == 1;
            bool wantsWrite = step.C % 3 != 0;

            FfaStatus expected = _model.Retrieve(transaction, caller, wantsWrite, bypass, zeroAfter);
            bool isAlone = transaction.Offers.Length == 1 && transaction.Kind != OwnershipModel.Kind.Share;
            FfaAccess access = (wantsWrite ? FfaAccess.ReadWrite : FfaAccess.ReadOnly) | (isAlone ? FfaAccess.NotExecutable : 0);
            FfaMemoryFlags flags = (bypass ? FfaMemoryFlags.BypassBorrowers : 0) | (zeroAfter ? FfaMemoryFlags.ZeroAfterRelinquish : 0);
            SmcFrame answer = world.Retrieve(_actors[caller], _actors[transaction.Sender].Id, handle, [new FfaReceiver(_actors[caller].Id, access)], flags);

            Compare(step, expected, answer);
            if (expected != FfaStatus.Success)
                return;
            Assert.Equal(FfaFunction.MemRetrieveResp, answer.A0);
            Assert.Equal(FfaStatus.Success, world.Call(_actors[caller], FfaFunction.RxRelease).Status());
        }

        private void Relinquish(Step step)
        {
            (OwnershipModel.Transaction transaction, MemoryHandle handle) = Pick(step);
            int caller = step.A % 4 == 0 ? step.Actor : transaction.Offers[step.A % transaction.Offers.Length].Receiver;
            bool zero = step.B % 5 == 0;

            FfaStatus expected = _model.Relinquish(transaction, caller, zero);
            SmcFrame answer = world.Relinquish(_actors[caller], handle, zero ? FfaMemoryFlags.Zero : FfaMemoryFlags.None);

            Compare(step, expected, answer);
        }

        private void Reclaim(Step step)
        {
            (OwnershipModel.Transaction transaction, MemoryHandle handle) = Pick(step);
            int caller = step.A % 4 == 0 ? step.Actor : transaction.Sender;
            bool zero = step.B % 5 == 0;

            FfaStatus expected = _model.Reclaim(transaction, caller, zero);
            SmcFrame answer = world.Reclaim(_actors[caller], handle, zero ? FfaMemoryFlags.Zero : FfaMemoryFlags.None);

            Compare(step, expected, answer);
        }

        private void Compare(Step step, FfaStatus expected, in SmcFrame answer)
        {
            FfaStatus status = answer.Status();
            Assert.Equal((step, expected), (step, status));
            answers[(step.Action, status)] = answers.GetValueOrDefault((step.Action, status)) + 1;
        }

        private void Touch(Step step)
        {
            int page = step.Actor == 0 ? PageFor(0, step.A, anywhere: false) : step.A % _model.Pages.Length;
            byte value = (byte)(1 + (step.B % 255));

            Assert.Equal((step, _model.Write(step.Actor, page, value)), (step, world.TryWrite(_actors[step.Actor], AddressOf(page), value)));
            Assert.Equal((step, _model.Read(step.Actor, page)), (step, world.Read(_actors[step.Actor], AddressOf(page))));
        }

        /// <summary>Recent ones mostly; dead ones too.</summary>
        private (OwnershipModel.Transaction Model, MemoryHandle Handle) Pick(Step step) =>
            _transactions[_transactions.Count - 1 - (step.Choice % Math.Min(_transactions.Count, 6))];

        private static int PageFor(int endpoint, int choice, bool anywhere) =>
            anywhere ? choice % (Endpoints * PagesEach) : (endpoint * PagesEach) + (choice % PagesEach);

        private PhysicalAddress AddressOf(int page) => _actors[page / PagesEach].Page(page % PagesEach);
    }
}
