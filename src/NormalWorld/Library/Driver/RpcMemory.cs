using RestrictedTee.NormalWorld.Shm;

namespace RestrictedTee.NormalWorld.Driver;

/// <summary>Shared memory of a supplicant that is a program: counted, because the TEE may have it when the supplicant has gone.</summary>
internal interface ISupplicantMemory
{
    /// <summary>By which the supplicant knows it.</summary>
    int Id { get; }

    ShmBlock Block { get; }

    /// <summary>Gives a reference back.</summary>
    void Release();
}

/// <summary>Memory that a supplicant lends for a request.</summary>
/// <param name="From">The supplicant.</param>
/// <param name="Memory">The memory, with a reference.</param>
/// <param name="PageList">What the TEE finds it by, where the ABI needs that.</param>
internal sealed record SupplicantLoan(SupplicantQueue.Attachment From, ISupplicantMemory Memory, ShmBlock? PageList);

/// <summary>Memory that the TEE has been given by an RPC, until it frees it.</summary>
/// <param name="Block">The memory.</param>
/// <param name="Loan">Whose it is, when it is not the driver's.</param>
internal sealed record RpcMemory(ShmBlock Block, SupplicantLoan? Loan = null) : IDisposable
{
    public void Dispose()
    {
        if (Loan is null)
        {
            Block.Dispose();
            return;
        }

        Loan.PageList?.Dispose();
        Loan.Memory.Release();
    }
}
