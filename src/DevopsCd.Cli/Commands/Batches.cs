using System.CommandLine;
using System.Globalization;
using DevopsCd.Cli.Connecting;
using DevopsCd.Contracts.Api;

namespace DevopsCd.Cli.Commands;

/// <summary>Batches by what people call them.</summary>
internal static class Batches
{
    public static Argument<string> Argument() => new("BATCH") { Description = "The batch's id (42) or number (B20261124-001)" };

    /// <summary>The id for addresses.</summary>
    /// <exception cref="CliException">There is no batch of that number.</exception>
    public static async Task<long> IdOfAsync(Session session, string name, CancellationToken cancellationToken)
    {
        if (long.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var id))
            return id;
        for (string? cursor = null; ;)
        {
            var page = (await session.Api.GetAsync(Lists.Query("batches", ("q", name), ("limit", "200"), ("cursor", cursor)), cancellationToken))
                .As<Page<BatchSummary>>();
            if (page.Items.FirstOrDefault(b => b.BatchNumber.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } found)
                return found.Id;
            cursor = page.NextCursor ?? throw new CliException(ExitCodes.Failed, $"there is no batch '{name}' that you may see");
        }
    }

    public static async Task<(Reply Reply, BatchView Batch)> ReadAsync(Session session, long id, CancellationToken cancellationToken)
    {
        var reply = await session.Api.GetAsync($"batches/{id}", cancellationToken);
        return (reply, reply.As<BatchView>());
    }

    /// <summary>The whole audit after that version, oldest first: what was accepted.</summary>
    public static async Task<IReadOnlyList<BatchEventView>> EventsAfterAsync(Session session, long id, int version, CancellationToken cancellationToken)
    {
        var found = new List<BatchEventView>();
        string? cursor = null;
        do
        {
            var page = (await session.Api.GetAsync(Lists.Query($"batches/{id}/events", ("limit", "200"), ("cursor", cursor)), cancellationToken))
                .As<Page<BatchEventView>>();
            found.AddRange(page.Items.Where(e => e.Outcome == "accepted" && e.Version > version));
            cursor = page.NextCursor;
        }
        while (cursor is not null);
        return found;
    }
}
