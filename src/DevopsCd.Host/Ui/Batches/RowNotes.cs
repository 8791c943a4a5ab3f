using DevopsCd.Contracts.Api;

namespace DevopsCd.Host.Ui.Batches;

/// <summary>What the table of applications shows of a batch beside what the API tells of it.</summary>
/// <param name="Commits">Author and message of each application's build, by the application's name.</param>
/// <param name="NextCalls">When the deploy service is asked next about what is in flight, by the operation's id.</param>
/// <param name="MostTries">How often an operation is submitted at most.</param>
internal sealed record RowNotes(
    IReadOnlyDictionary<string, (string? Author, string? Message)> Commits, IReadOnlyDictionary<string, DateTimeOffset> NextCalls, int MostTries)
{
    /// <summary>For a batch of which nothing more is known.</summary>
    public static RowNotes None { get; } = new(new Dictionary<string, (string?, string?)>(), new Dictionary<string, DateTimeOffset>(), 0);

    /// <summary>What runs in production now, by the application's name, as the plan of production knows it.</summary>
    public static IReadOnlyDictionary<string, string> Running(BatchView batch) => ProductionPlan.Of(batch).Where(step => step.Running is not null)
        .ToDictionary(step => step.Application, step => step.Running!, StringComparer.Ordinal);
}
