using RestrictedTee.Sdk;

namespace RestrictedTee.TrustedApps.XtestApps;

/// <summary>What a TA that was given passes on, whatever its types are.</summary>
internal static class Forwarding
{
    /// <summary>One parameter, as the same one of a call to another TA: memory stays where it is.</summary>
    internal static TaParam ToPass(this RawParameters given, int index) => given.Types[index] switch
    {
        ParameterType.ValueInput => TaParam.ValueInput(given.Get<ValueInput>(index).A, given.Get<ValueInput>(index).B),
        ParameterType.ValueOutput => TaParam.ValueOutput(),
        ParameterType.ValueInOut => TaParam.ValueInOut(given.Get<ValueInOut>(index).A, given.Get<ValueInOut>(index).B),
        ParameterType.MemrefInput => TaParam.Input(given.Get<MemrefInput>(index).Span),
        ParameterType.MemrefOutput => TaParam.Output(given.Get<MemrefOutput>(index).Span),
        ParameterType.MemrefInOut => TaParam.InOut(given.Get<MemrefInOut>(index).Span),
        _ => default,
    };

    /// <summary>Tells the client values and sizes that came back.</summary>
    internal static void Answer(this RawParameters given, in TaOperation operation)
    {
        given.Answer(0, operation.P0);
        given.Answer(1, operation.P1);
        given.Answer(2, operation.P2);
        given.Answer(3, operation.P3);
    }

    /// <summary>The same of one parameter.</summary>
    internal static void Answer(this RawParameters given, int index, in TaParam answer)
    {
        switch (given.Types[index])
        {
            case ParameterType.ValueOutput:
                ValueOutput output = given.Get<ValueOutput>(index);
                (output.A, output.B) = (answer.A, answer.B);
                break;
            case ParameterType.ValueInOut:
                ValueInOut inOut = given.Get<ValueInOut>(index);
                (inOut.A, inOut.B) = (answer.A, answer.B);
                break;
            case ParameterType.MemrefOutput:
                MemrefOutput memory = given.Get<MemrefOutput>(index);
                memory.Size = answer.Size;
                break;
            case ParameterType.MemrefInOut:
                MemrefInOut both = given.Get<MemrefInOut>(index);
                both.Size = answer.Size;
                break;
        }
    }

    /// <summary>The bytes of a memref that the client lets the TA read; none where it does not.</summary>
    internal static ReadOnlySpan<byte> Readable(this RawParameters given, int index) => given.Types[index] switch
    {
        ParameterType.MemrefInput => given.Get<MemrefInput>(index).Span,
        ParameterType.MemrefInOut => given.Get<MemrefInOut>(index).Span,
        _ => [],
    };

    /// <summary>The bytes of a memref that the client lets the TA write; none where it does not.</summary>
    internal static Span<byte> Writable(this RawParameters given, int index) => given.Types[index] switch
    {
        ParameterType.MemrefOutput => given.Get<MemrefOutput>(index).Span,
        ParameterType.MemrefInOut => given.Get<MemrefInOut>(index).Span,
        _ => [],
    };
}
