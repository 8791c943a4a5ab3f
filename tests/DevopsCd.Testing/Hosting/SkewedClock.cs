using System.Globalization;
using DevopsCd.Testing.Hosting;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;

[assembly: HostingStartup(typeof(SkewedClock))]

namespace DevopsCd.Testing.Hosting;

/// <summary>Sets a host process's clock wrong, from inside: ASP.NET Core calls this in a host that is told to.</summary>
public sealed class SkewedClock : IHostingStartup
{
    internal const string Variable = "DEVOPSCD_TEST_CLOCK_SKEW";

    public void Configure(IWebHostBuilder builder)
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } seconds)
            builder.ConfigureServices(
                services => services.AddSingleton<TimeProvider>(new Ahead(TimeSpan.FromSeconds(double.Parse(seconds, CultureInfo.InvariantCulture)))));
    }

    private sealed class Ahead(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + by;
    }
}
