namespace RestrictedTee.Sdk;

/// <summary>The internal client API: a TA as client of another (GPD_SPE_010 section 4.9).</summary>
internal interface IClientServices
{
    /// <summary>TEE_OpenTASession.</summary>
    TeeResult Open(Guid uuid, uint timeout, ref TaOperation operation, out uint session, out TeeOrigin origin);

    /// <summary>TEE_InvokeTACommand.</summary>
    TeeResult Invoke(uint session, uint timeout, uint command, ref TaOperation operation, out TeeOrigin origin);

    /// <summary>TEE_CloseTASession.</summary>
    void Close(uint session);
}
