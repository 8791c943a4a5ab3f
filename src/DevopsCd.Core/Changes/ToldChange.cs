using DevopsCd.Contracts.Api;

namespace DevopsCd.Core.Changes;

/// <summary>A change as whoever follows it is told.</summary>
/// <param name="View">What is told.</param>
/// <param name="Projects">The projects of its batch: who may view all of them is told.</param>
internal sealed record ToldChange(BatchChanged View, IReadOnlyCollection<string> Projects);
