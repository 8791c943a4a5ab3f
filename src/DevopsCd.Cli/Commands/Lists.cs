using System.CommandLine;
using DevopsCd.Cli.Connecting;
using DevopsCd.Contracts.Api;

namespace DevopsCd.Cli.Commands;

/// <summary>What commands that list have in common: how many, and from where on.</summary>
internal sealed class Lists
{
    private readonly Option<int?> _limit = new("--limit") { Description = "How many at most", HelpName = "N" };
    private readonly Option<string?> _cursor = Options.Text("--cursor", "CURSOR", "Go on where a page has ended");

    public Symbol[] Shared => [_limit, _cursor];

    public async Task<(Reply Reply, IReadOnlyList<T> Items)> ReadAsync<T>(
        Session session, ParseResult parsed, string path, CancellationToken cancellationToken, params (string Name, string? Value)[] query)
    {
        var reply = await session.Api.GetAsync(Query(path, [.. query, ("limit", parsed.GetValue(_limit)?.ToString()), ("cursor", parsed.GetValue(_cursor))]),
            cancellationToken);
        var page = reply.As<Page<T>>();
        if (page.NextCursor is { } next)
            await session.SayAsync($"there are more: --cursor {next}");
        return (reply, page.Items);
    }

    public static string Query(string path, params IEnumerable<(string Name, string? Value)> query)
    {
        var parts = query.Where(p => !string.IsNullOrEmpty(p.Value)).Select(p => $"{p.Name}={Uri.EscapeDataString(p.Value!)}").ToList();
        return parts.Count == 0 ? path : $"{path}?{string.Join('&', parts)}";
    }
}
