namespace RestrictedTee.Tests.Devices.Model;

/// <summary>Random sequences of everything that drivers, devices and trusted applications do to restricted memory, held against a model after each step.</summary>
public sealed class SecureSideModelTests : IDisposable
{
    private const int Steps = 50_000;

    private readonly ModelBench _bench = new();
    private readonly SecureModel _model = new(ModelBench.Board, ModelBench.NormalSize);
    private readonly List<string> _trail = [];

    public void Dispose() => _bench.Dispose();

    [Theory]
    [InlineData(20163)]
    [InlineData(20251)]
    public void Fifty_thousand_random_steps_answer_as_the_model_says_and_every_byte_is_where_it_says(int seed)
    {
        var random = new Random(seed);
        var places = new ModelPlaces(_model);
        var steps = new ModelSteps(_bench, _model, places, random);
        var jobs = new ModelJobSteps(_bench, _model, random);
        var answers = new HashSet<string>();
        random.NextBytes(_model.Normal);
        _model.Normal.CopyTo(_bench.Normal);
        for (int step = 0; step < Steps; step++)
        {
            (string what, (object? expected, object? actual)) = Take(steps, jobs, random);

            _trail.Add($"{step} {what}: {actual}");
            answers.Add($"{what} {actual}");
            Assert.True(Equals(expected, actual), $"seed {seed}: the model says {expected}; {string.Join('\n', _trail.TakeLast(20))}");
            Compare(places, seed);
        }

        // A run that never saw an answer has not tested it.
        string[] missing = [.. Expected.Except(answers)];
        Assert.True(missing.Length == 0, $"never seen: {string.Join(", ", missing)}");
    }

    private static IEnumerable<string> Expected =>
    [
        "allocate ", "allocate ENOMEM", "allocate EINVAL", "map ", "map EINVAL", "map EACCES", "revoke ", "revoke EINVAL", "grant ", "grant EINVAL", "grant EACCES",
        "touch True", "touch False", "label Claimed", "label ClaimedByAnother",
        "transform Done", "transform BadDescriptor", "transform BusError", "transform Forbidden",
        "capture Done", "capture BadDescriptor", "capture BusError", "show Done", "show BusError",
    ];

    private (string What, (object? Expected, object? Actual) Answers) Take(ModelSteps steps, ModelJobSteps jobs, Random random)
    {
        ModelBuffer? buffer = _model.Buffers.Count == 0 ? null : _model.Buffers[random.Next(_model.Buffers.Count)];
        int choice = random.Next(40);
        if (buffer is null || choice < 3)
            return ("allocate", steps.Allocate());
        return choice switch
        {
            3 when !buffer.IsFreed => ("free", steps.Free(buffer)),
            >= 4 and < 8 => ("map", steps.Map(buffer)),
            >= 8 and < 11 when _model.Handles.Count != 0 => ("unmap", steps.Unmap(TakeHandle(random))),
            11 => ("revoke", steps.SetAccess(buffer, isGranted: false)),
            >= 12 and < 15 => ("grant", steps.SetAccess(buffer, isGranted: true)),
            15 when random.Next(4) == 0 => ("fix", steps.Fix(buffer)),
            >= 16 and < 20 => ("touch", steps.Touch(buffer)),
            20 => ("label", steps.Label(buffer)),
            >= 21 and < 33 => ("transform", jobs.Transform()),
            >= 33 and < 36 => ("capture", jobs.Capture()),
            >= 36 and < 39 => ("show", jobs.Show()),
            _ => ("load", jobs.Load()),
        };
    }

    /// <summary>Handles of mappings that have gone are tried now and then.</summary>
    private ulong TakeHandle(Random random)
    {
        int at = random.Next(_model.Handles.Count);
        ulong handle = _model.Handles[at];
        if (_model.Handles.Count > 40)
            _model.Handles.RemoveAt(at);
        return handle;
    }

    private void Compare(ModelPlaces places, int seed)
    {
        places.Compare(_bench.Memory(1), 1);
        places.Compare(_bench.Memory(2), 2);
        Assert.True(_bench.Normal.SequenceEqual(_model.Normal), $"seed {seed}: normal memory has other content; {string.Join('\n', _trail.TakeLast(20))}");
    }
}
