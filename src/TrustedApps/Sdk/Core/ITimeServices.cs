namespace RestrictedTee.Sdk;

/// <summary>Time (GPD_SPE_010 chapter 7).</summary>
internal interface ITimeServices
{
    /// <summary>Waits, or until the request is cancelled and cancellation is not masked.</summary>
    TeeResult Wait(uint milliseconds);

    /// <summary>What the normal world says the time is.</summary>
    TeeTime GetReeTime();
}
