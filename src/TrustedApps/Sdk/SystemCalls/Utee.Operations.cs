namespace RestrictedTee.Sdk;

/// <summary>Calls on operations (_utee_cryp_state_*, _utee_hash_*, _utee_cipher_*, _utee_authenc_*, _utee_asymm_*).</summary>
internal static partial class Utee
{
    internal static TeeResult CrypStateAlloc(TeeAlgorithm algorithm, OperationMode mode, uint key1, uint key2, out uint state)
    {
        var frame = new SystemCallFrame { [0] = (uint)algorithm, [1] = (uint)mode, [2] = key1, [3] = key2 };
        TeeResult result = Enter(SystemCall.CrypStateAlloc, ref frame);
        state = frame.UInt32(4);
        return result;
    }

    internal static TeeResult CrypStateCopy(uint destination, uint source)
    {
        var frame = new SystemCallFrame { [0] = destination, [1] = source };
        return Enter(SystemCall.CrypStateCopy, ref frame);
    }

    internal static TeeResult CrypStateFree(uint state)
    {
        var frame = new SystemCallFrame { [0] = state };
        return Enter(SystemCall.CrypStateFree, ref frame);
    }

    internal static bool AlgorithmSupported(TeeAlgorithm algorithm, EccCurve curve)
    {
        var frame = new SystemCallFrame { [0] = (uint)algorithm, [1] = (uint)curve };
        return Enter(SystemCall.AlgorithmSupported, ref frame) == TeeResult.Success;
    }

    internal static TeeResult HashInit(uint state)
    {
        var frame = new SystemCallFrame { [0] = state };
        return Enter(SystemCall.HashInit, ref frame);
    }

    internal static TeeResult HashUpdate(uint state, ReadOnlySpan<byte> chunk) => Give(SystemCall.HashUpdate, state, chunk);

    internal static TeeResult HashFinal(uint state, ReadOnlySpan<byte> chunk, Span<byte> hash, out int size) =>
        Transform(SystemCall.HashFinal, state, chunk, hash, out size);

    internal static TeeResult HashExtract(uint state, Span<byte> hash, out int size)
    {
        scoped var frame = new SystemCallFrame { [0] = state };
        frame.GiveOutput(1, hash);
        TeeResult result = Enter(SystemCall.HashExtract, ref frame);
        size = frame.Size(2);
        return result;
    }

    internal static TeeResult CipherInit(uint state, ReadOnlySpan<byte> iv) => Give(SystemCall.CipherInit, state, iv);

    internal static TeeResult CipherUpdate(uint state, ReadOnlySpan<byte> source, Span<byte> destination, out int size) =>
        Transform(SystemCall.CipherUpdate, state, source, destination, out size);

    internal static TeeResult CipherFinal(uint state, ReadOnlySpan<byte> source, Span<byte> destination, out int size) =>
        Transform(SystemCall.CipherFinal, state, source, destination, out size);

    internal static TeeResult AuthencInit(uint state, ReadOnlySpan<byte> nonce, int tagSize, int aadSize, int payloadSize)
    {
        scoped var frame = new SystemCallFrame { [0] = state, [3] = unchecked((ulong)tagSize), [4] = unchecked((ulong)aadSize), [5] = unchecked((ulong)payloadSize) };
        frame.GiveInput(1, nonce);
        return Enter(SystemCall.AuthencInit, ref frame);
    }

    internal static TeeResult AuthencUpdateAad(uint state, ReadOnlySpan<byte> data) => Give(SystemCall.AuthencUpdateAad, state, data);

    internal static TeeResult AuthencUpdatePayload(uint state, ReadOnlySpan<byte> source, Span<byte> destination, out int size) =>
        Transform(SystemCall.AuthencUpdatePayload, state, source, destination, out size);

    internal static TeeResult AuthencEncFinal(uint state, ReadOnlySpan<byte> source, Span<byte> destination, out int size, Span<byte> tag, out int tagSize)
    {
        scoped var frame = new SystemCallFrame { [0] = state };
        frame.GiveInput(1, source);
        frame.GiveOutput(3, destination);
        frame.GiveOutput(5, tag);
        TeeResult result = Enter(SystemCall.AuthencEncFinal, ref frame);
        (size, tagSize) = (frame.Size(4), frame.Size(6));
        return result;
    }

    internal static TeeResult AuthencDecFinal(uint state, ReadOnlySpan<byte> source, Span<byte> destination, out int size, ReadOnlySpan<byte> tag)
    {
        scoped var frame = new SystemCallFrame { [0] = state };
        frame.GiveInput(1, source);
        frame.GiveOutput(3, destination);
        frame.GiveInput(5, tag);
        TeeResult result = Enter(SystemCall.AuthencDecFinal, ref frame);
        size = frame.Size(4);
        return result;
    }

    internal static TeeResult AsymmOperate(uint state, ReadOnlySpan<byte> parameters, ReadOnlySpan<byte> source, Span<byte> destination, out int size)
    {
        scoped var frame = new SystemCallFrame { [0] = state };
        frame.GiveInput(1, parameters);
        frame.GiveInput(3, source);
        frame.GiveOutput(5, destination);
        TeeResult result = Enter(SystemCall.AsymmOperate, ref frame);
        size = frame.Size(6);
        return result;
    }

    internal static TeeResult AsymmVerify(uint state, ReadOnlySpan<byte> parameters, ReadOnlySpan<byte> digest, ReadOnlySpan<byte> signature)
    {
        scoped var frame = new SystemCallFrame { [0] = state };
        frame.GiveInput(1, parameters);
        frame.GiveInput(3, digest);
        frame.GiveInput(5, signature);
        return Enter(SystemCall.AsymmVerify, ref frame);
    }

    internal static TeeResult CrypDeriveKey(uint state, Span<byte> parameters, uint derivedKey)
    {
        scoped var frame = new SystemCallFrame { [0] = state, [3] = derivedKey };
        frame.GiveOutput(1, parameters);
        return Enter(SystemCall.CrypDeriveKey, ref frame);
    }

    internal static TeeResult CrypRandomNumberGenerate(Span<byte> bytes)
    {
        scoped var frame = default(SystemCallFrame);
        frame.GiveOutput(0, bytes);
        return Enter(SystemCall.CrypRandomNumberGenerate, ref frame);
    }

    private static TeeResult Give(SystemCall call, uint state, ReadOnlySpan<byte> bytes)
    {
        scoped var frame = new SystemCallFrame { [0] = state };
        frame.GiveInput(1, bytes);
        return Enter(call, ref frame);
    }

    private static TeeResult Transform(SystemCall call, uint state, ReadOnlySpan<byte> source, Span<byte> destination, out int size)
    {
        scoped var frame = new SystemCallFrame { [0] = state };
        frame.GiveInput(1, source);
        frame.GiveOutput(3, destination);
        TeeResult result = Enter(call, ref frame);
        size = frame.Size(4);
        return result;
    }
}
