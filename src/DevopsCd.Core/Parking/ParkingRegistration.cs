using DevopsCd.Core.Configuration;
using DevopsCd.Core.Data;
using Microsoft.Extensions.DependencyInjection;

namespace DevopsCd.Core.Parking;

internal static class ParkingRegistration
{
    public static IServiceCollection AddParking(this IServiceCollection services, RetentionOptions retention) =>
        services.AddScoped<ParkingLot>().AddScoped<ParkedQueries>().AddScoped<ParkedDecisions>().AddScoped<OutgoingMessages>()
            .AddRetention("Old parked messages", retention.Parked?.Value,
                (db, before) => db.Set<ParkedMessage>().Where(m => m.Status != ParkedStatus.Parked && m.ResolvedAt < before));
}
