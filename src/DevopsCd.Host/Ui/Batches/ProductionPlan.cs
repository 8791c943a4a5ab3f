using System.Text.Json;
using DevopsCd.Contracts.Api;
using DevopsCd.Core.Deployments;

namespace DevopsCd.Host.Ui.Batches;

/// <summary>The production plan as it stands in a batch.</summary>
internal static class ProductionPlan
{
    /// <summary>In the order in which it will be deployed; empty while there is none.</summary>
    public static IReadOnlyList<ProductionStep> Of(BatchView batch) =>
        batch.ProductionPlan is { } plan ? plan.Deserialize<List<ProductionStep>>(JsonSerializerOptions.Web) ?? [] : [];
}
