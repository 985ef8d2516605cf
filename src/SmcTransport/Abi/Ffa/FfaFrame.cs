using RestrictedTee.SmcTransport.Frames;

namespace RestrictedTee.SmcTransport.Abi.Ffa;

/// <summary>FF-A calls and their answers as registers.</summary>
public static class FfaFrame
{
    /// <summary>A call by w0 to w7; every other register is zero.</summary>
    public static SmcFrame Of(uint function, uint w1 = 0, uint w2 = 0, uint w3 = 0, uint w4 = 0, uint w5 = 0, uint w6 = 0, uint w7 = 0)
    {
        SmcFrame frame = default;
        (frame.A0, frame.A1, frame.A2, frame.A3) = (function, w1, w2, w3);
        (frame.A4, frame.A5, frame.A6, frame.A7) = (w4, w5, w6, w7);
        return frame;
    }

    /// <summary>What an answer says: the status in w2 of FFA_ERROR, SUCCESS for any other.</summary>
    public static FfaStatus Status(this in SmcFrame frame) =>
        frame.A0 == FfaFunction.Error ? (FfaStatus)unchecked((int)frame.A2) : FfaStatus.Success;
}
