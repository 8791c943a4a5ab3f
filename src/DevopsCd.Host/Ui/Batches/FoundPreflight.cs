using DevopsCd.Contracts.Api;

namespace DevopsCd.Host.Ui.Batches;

/// <summary>What would happen if a stage were started, and what would stop it.</summary>
/// <param name="View">As the API tells it.</param>
/// <param name="Obstacles">What stands in the way.</param>
internal sealed record FoundPreflight(BatchPreflight View, IReadOnlyList<ActionObstacle> Obstacles);
