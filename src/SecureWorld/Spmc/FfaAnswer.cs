using RestrictedTee.SmcTransport.Abi.Ffa;
using RestrictedTee.SmcTransport.Frames;

namespace RestrictedTee.SecureWorld.Spmc;

/// <summary>The answers of the SPMC. Registers that an answer does not use are zero.</summary>
internal static class FfaAnswer
{
    internal static void Error(this ref SmcFrame frame, FfaStatus status)
    {
        frame = default;
        (frame.A0, frame.A2) = (FfaFunction.Error, unchecked((uint)(int)status));
    }

    internal static void Success(this ref SmcFrame frame, uint w2 = 0, uint w3 = 0)
    {
        frame = default;
        (frame.A0, frame.A2, frame.A3) = (FfaFunction.Success32, w2, w3);
    }

    /// <summary>FFA_SUCCESS, or FFA_ERROR with the status.</summary>
    internal static void Simple(this ref SmcFrame frame, FfaStatus status)
    {
        if (status == FfaStatus.Success)
            frame.Success();
        else
            frame.Error(status);
    }

    /// <summary>The sender, bits 31:16 of w1.</summary>
    internal static PartitionId Sender(this in SmcFrame frame) => new((ushort)(frame.A1 >> 16));

    /// <summary>The receiver, bits 15:0 of w1.</summary>
    internal static PartitionId Receiver(this in SmcFrame frame) => new(unchecked((ushort)frame.A1));

    /// <summary>Whether registers <paramref name="first"/> to <paramref name="last"/>, which must be zero, are.</summary>
    internal static bool AreZero(this in SmcFrame frame, int first, int last)
    {
        bool is64 = (frame.A0 & FfaFunction.Is64Bit) != 0;
        for (int i = first; i <= last; i++)
        {
            if ((is64 ? frame[i] : frame[i] & uint.MaxValue) != 0)
                return false;
        }

        return true;
    }
}
