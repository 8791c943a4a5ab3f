using Microsoft.Extensions.DependencyInjection;

namespace DevopsCd.Core.Approvals;

/// <summary>Services of this room.</summary>
internal static class ApprovalRegistration
{
    public static IServiceCollection AddApprovals(this IServiceCollection services) => services
        .AddScoped<BatchVotes>()
        .AddScoped<ApprovedContent>()
        .AddScoped<ApprovalViews>();
}
