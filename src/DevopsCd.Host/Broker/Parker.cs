using DevopsCd.Core.Parking;

namespace DevopsCd.Host.Broker;

/// <summary>Parks in a scope of its own: the consumer's was rolled back.</summary>
internal sealed class Parker(IServiceScopeFactory scopes)
{
    public async Task ParkAsync(ParkedDelivery delivery, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<ParkingLot>().ParkAsync(delivery, cancellationToken);
    }
}
