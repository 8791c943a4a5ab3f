namespace DevopsCd.Core.Intake.Webhooks;

/// <summary>Wakes the processor of this instance; the others look by themselves.</summary>
internal sealed class DeliverySignal
{
    private readonly SemaphoreSlim _rung = new(0, 1);

    public void Ring()
    {
        try
        {
            _rung.Release();
        }
        catch (SemaphoreFullException)
        {
            // It rings already.
        }
    }

    public Task<bool> Wait(TimeSpan longest, CancellationToken cancellationToken) => _rung.WaitAsync(longest, cancellationToken);
}
