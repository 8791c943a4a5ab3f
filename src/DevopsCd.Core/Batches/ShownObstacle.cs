using DevopsCd.Contracts.Api;

namespace DevopsCd.Core.Batches;

/// <summary>What stands in the way of an event, as people are told of it.</summary>
/// <param name="View">As the API tells it.</param>
/// <param name="Reason">Why, for whoever tells it in another language.</param>
internal sealed record ShownObstacle(EventObstacle View, Sentence Reason);
