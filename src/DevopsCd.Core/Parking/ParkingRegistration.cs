using Microsoft.Extensions.DependencyInjection;

namespace DevopsCd.Core.Parking;

internal static class ParkingRegistration
{
    public static IServiceCollection AddParking(this IServiceCollection services) =>
        services.AddScoped<ParkingLot>().AddScoped<ParkedQueries>().AddScoped<ParkedDecisions>().AddScoped<OutgoingMessages>();
}
