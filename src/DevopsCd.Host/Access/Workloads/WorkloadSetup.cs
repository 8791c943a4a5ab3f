using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace DevopsCd.Host.Access.Workloads;

/// <summary>Tokens of CI platforms, by the framework's handler: one for each issuer. What a job may do its exact claims say.</summary>
internal static class WorkloadSetup
{
    private const string Prefix = "workload ";

    private static readonly JsonWebTokenHandler s_reader = new();

    public static void AddWorkloads(this AuthenticationBuilder schemes, IReadOnlyCollection<WorkloadOptions> workloads)
    {
        foreach (var issuer in workloads.GroupBy(workload => workload.Issuer, StringComparer.Ordinal))
            schemes.AddJwtBearer(Prefix + issuer.Key, jwt =>
            {
                jwt.MetadataAddress = issuer.First().DiscoveryAddress;
                jwt.RequireHttpsMetadata = !new Uri(jwt.MetadataAddress).IsLoopback;
                jwt.MapInboundClaims = false;
                jwt.SaveToken = false;
                jwt.IncludeErrorDetails = false;
                jwt.RefreshInterval = TimeSpan.FromSeconds(30);
                jwt.BackchannelTimeout = TimeSpan.FromSeconds(10);
                jwt.TokenValidationParameters = new TokenValidationParameters
                {
                    ValidIssuer = issuer.Key,
                    ValidAudiences = issuer.Select(workload => workload.Audience).Distinct(StringComparer.Ordinal),
                    ClockSkew = TimeSpan.FromMinutes(1)
                };
                jwt.Events = new JwtBearerEvents { OnTokenValidated = context => KnowAsync(context, [.. issuer]) };
            });
    }

    /// <summary>The handler for a bearer token that a request sends; null when no issuer of the configuration can have made it.</summary>
    /// <param name="sent">The token, of which nothing is believed yet.</param>
    /// <param name="workloads">The configuration.</param>
    public static string? SchemeFor(string sent, IReadOnlyCollection<WorkloadOptions> workloads)
    {
        if (!s_reader.CanReadToken(sent))
            return null;
        try
        {
            var issuer = s_reader.ReadJsonWebToken(sent).Issuer;
            return workloads.Any(workload => workload.Issuer == issuer) ? Prefix + issuer : null;
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    private static Task KnowAsync(TokenValidatedContext context, IReadOnlyList<WorkloadOptions> workloads)
    {
        var claims = context.Principal!.Claims.ToList();
        if (workloads.FirstOrDefault(workload => Fits(workload, claims)) is not { } known)
        {
            context.Fail("no workload of the configuration has these claims");
            return Task.CompletedTask;
        }
        context.Principal = Identities.Of(known.AsSubject(), context.Scheme.Name);
        return Task.CompletedTask;
    }

    /// <summary>Of a claim with several values none counts: which of them is meant nobody has said.</summary>
    private static bool Fits(WorkloadOptions workload, IReadOnlyList<Claim> claims) =>
        claims.Any(claim => claim.Type == "aud" && claim.Value == workload.Audience)
        && workload.Claims.All(wanted => claims.Where(claim => claim.Type == wanted.Key).ToList() is [var only] && only.Value == wanted.Value);
}
