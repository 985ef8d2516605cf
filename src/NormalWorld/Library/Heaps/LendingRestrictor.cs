using RestrictedTee.NormalWorld.Driver;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Board;
using RestrictedTee.SmcTransport.NormalRam;

namespace RestrictedTee.NormalWorld.Heaps;

/// <summary>Restricts memory by lending it to the TEE, a range for each buffer, all of which the buffer then has.</summary>
internal sealed class LendingRestrictor(OpteeDriver driver, ProtectedMemoryClient client, UseCase useCase) : IRestrictor
{
    private readonly object _lock = new(); // held from a lend to the allocation of its range, so that they are of one buffer
    private readonly Lazy<LendConfiguration> _configuration = new(() => LendConfiguration.Ask(driver, useCase), LazyThreadSafetyMode.PublicationOnly);

    public string By => "TEE";

    public ulong Alignment => _configuration.Value.Alignment;

    public ulong SizeFor(ulong size)
    {
        LendConfiguration wanted = _configuration.Value;
        if (size > ulong.MaxValue - wanted.Alignment)
            throw new TeeDriverException(Errno.ENOMEM, $"{size} bytes cannot be lent.");
        return Math.Max(wanted.MinimumSize, (size + wanted.Alignment - 1) / wanted.Alignment * wanted.Alignment);
    }

    public ulong Restrict(PhysicalRange range, ReleaseSteps steps)
    {
        lock (_lock)
        {
            ulong name = driver.Abi.Lend(useCase, range, _configuration.Value.Attributes);
            steps.Add(() => Reclaim(name));
            ulong cookie = client.Allocate(useCase, range.Length);
            steps.Add(() => client.Free(cookie));
            return cookie;
        }
    }

    private void Reclaim(ulong name)
    {
        try
        {
            driver.Abi.Reclaim(name);
        }
        catch (TeeDriverException e) when (e.Errno == Errno.ENODEV)
        {
            // The secure world took the restriction with it.
        }
    }
}
