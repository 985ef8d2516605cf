using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Text;

namespace RestrictedTee.Sdk;

/// <summary>The services of the TEE to the trusted application that calls (GPD_SPE_010 chapters 4 and 7).</summary>
public static class Tee
{
    /// <summary>Ends this instance at once (TEE_Panic). Does not return.</summary>
    [DoesNotReturn]
    public static void Panic(uint code) => Panic(code, null);

    /// <summary>The same in a function of the API.</summary>
    [DoesNotReturn]
    internal static void Panic(uint code, GpFunction? function)
    {
        Utee.Panic(code, function?.Number ?? 0);
        throw new TaPanicException(code, function?.Number ?? 0, function?.Name ?? "");
    }

    /// <summary>TEE_Wait: waits, or until the request is cancelled and cancellation is not masked.</summary>
    /// <returns>Success after the time, Cancel when cancelled.</returns>
    public static TeeResult Wait(uint milliseconds) => Utee.Wait(milliseconds);

    /// <summary>TEE_GetCancellationFlag: whether the request is cancelled and cancellation is not masked.</summary>
    public static bool CancellationRequested => Utee.GetCancellationFlag();

    /// <summary>TEE_UnmaskCancellation. Cancellation starts out masked.</summary>
    /// <returns>Whether it was masked before.</returns>
    public static bool UnmaskCancellation() => Utee.UnmaskCancellation();

    /// <summary>TEE_MaskCancellation.</summary>
    /// <returns>Whether it was masked before.</returns>
    public static bool MaskCancellation() => Utee.MaskCancellation();

    /// <summary>TEE_GenerateRandom: fills a buffer from the system's generator, which is fit for keys.</summary>
    public static void GenerateRandom(Span<byte> bytes) => Contract.Require(Utee.CrypRandomNumberGenerate(bytes), nameof(Tee), nameof(GenerateRandom));

    /// <summary>TEE_IsAlgorithmSupported: whether there is an algorithm; on a curve, where it is of one, else with <see cref="EccCurve.None"/>.</summary>
    public static bool IsAlgorithmSupported(TeeAlgorithm algorithm, EccCurve curve = EccCurve.None) => Utee.AlgorithmSupported(algorithm, curve);

    /// <summary>TEE_GetSystemTime: monotonic, from an origin that is arbitrary but the same for the life of the TEE.</summary>
    public static TeeTime SystemTime => TeeClock.System;

    /// <summary>TEE_GetREETime: what the normal world says the time is. Trust it accordingly.</summary>
    public static TeeTime ReeTime => TeeClock.Ree;

    /// <summary>As <see cref="TeeProperties"/> has it: a bool, uint, ulong, string, Guid or TeeIdentity; null when the set has none of that name.</summary>
    public static object? GetProperty(PropertySet set, string name) => TeeProperties.TryFind(set, name, out TeeProperty? property) ? property.Value : null;

    /// <summary>The names in a set, in a stable order.</summary>
    public static IReadOnlyList<string> PropertyNames(PropertySet set) => TeeProperties.Names(set);

    /// <summary>Who the client of the current session is (gpd.client.identity).</summary>
    public static TeeIdentity ClientIdentity => (TeeIdentity)GetProperty(PropertySet.CurrentClient, "gpd.client.identity")!;

    /// <summary>A line for the secure log. Never put keys or content into it.</summary>
    public static void Trace(TraceLevel level, string message) => Utee.Log(level, message);

    /// <summary>
    /// Takes the restricted buffer that a memref lies in for this instance of the TA: from now until the buffer is freed, nobody
    /// else can reach it but the <paramref name="readers"/>, and those for reading only. Another instance of this TA is somebody
    /// else, since it serves another client: it can neither reach the buffer nor claim it, even after this instance has ended,
    /// unless the TA names itself among the readers. The first write of secret content should be preceded by it.
    /// </summary>
    /// <exception cref="TeeException">
    /// AccessDenied: another TA or another instance has it; BadParameters: the memref has no bytes of restricted memory; Busy:
    /// somebody whom the claim would shut out is using it at this moment.
    /// </exception>
    public static void ClaimRestricted(MemrefOutput memory, params ReadOnlySpan<Guid> readers)
    {
        TeeResult result = Utee.RestrictedClaim(memory.Index, MemoryMarshal.AsBytes(readers));
        if (result != TeeResult.Success)
            throw new TeeException(result, TeeOrigin.Tee);
    }

    /// <summary>
    /// Labels the restricted buffer that a memref lies in: this instance of the TA produces its content, and the
    /// <paramref name="consumers"/> alone may read it, which are trusted applications by UUID and devices by the name that the board gives them
    /// ("video-decoder"). As <see cref="ClaimRestricted"/>, which is the same for consumers that are trusted applications; another label
    /// than the buffer has scrubs it.
    /// </summary>
    /// <exception cref="TeeException">As for <see cref="ClaimRestricted"/>; ItemNotFound: the board has no such consumer.</exception>
    public static void LabelRestricted(MemrefOutput memory, params ReadOnlySpan<string> consumers)
    {
        TeeResult result = Utee.RestrictedLabel(memory.Index, Encoding.UTF8.GetBytes(string.Join('\0', consumers)));
        if (result != TeeResult.Success)
            throw new TeeException(result, TeeOrigin.Tee);
    }
}
