using System.Text.Json;
using DevopsCd.Contracts.Api;

namespace DevopsCd.Core.Changes;

/// <summary>An application that a transaction has changed, as it was committed.</summary>
/// <param name="ReleaseId">Its release in the batch.</param>
/// <param name="Outcomes">How it stands in the stages; null where only operations have changed.</param>
/// <param name="Deployments">The operations that have changed.</param>
internal sealed record ChangedRelease(long ReleaseId, ReleaseOutcomes? Outcomes, IReadOnlyList<DeploymentView> Deployments)
{
    public static string Write(IEnumerable<ChangedRelease> changes) => JsonSerializer.Serialize(changes, JsonSerializerOptions.Web);

    public static IReadOnlyList<ChangedRelease> Read(string? text) =>
        text is null ? [] : JsonSerializer.Deserialize<List<ChangedRelease>>(text, JsonSerializerOptions.Web)!;
}

/// <summary>How an application stands in the stages, by the names of the API.</summary>
internal sealed record ReleaseOutcomes(string Pre, string Prod, string Rollback, string? Reason);
