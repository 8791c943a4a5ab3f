using System.Text.Json;
using DevopsCd.Contracts.Api;
using DevopsCd.Core.Builds;
using DevopsCd.Core.Data;
using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Core.Intake.Webhooks;

/// <summary>Says what a webhook would lead to now, and what each rule says of it. Stores nothing.</summary>
internal sealed class WebhookTrial(WebhookSources sources, BuildMatcher matcher, CdDbContext db)
{
    private const int MostVerdicts = 1000;

    private const int MostShown = 100;

    /// <exception cref="BatchRefusedException">There is no such source, or the body is none of its webhooks.</exception>
    public async Task<WebhookTried> TryAsync(string sourceName, WebhookRequest request, CancellationToken cancellationToken)
    {
        if (sources[sourceName] is not { } source)
            throw BatchRefusedException.Content("source", $"'{sourceName}' is not a source; known: {string.Join(", ", sources.Names)}");

        try
        {
            var reading = source.Read(request);
            return Tried(reading.Ignored, await MatchAsync(sourceName, reading.Builds, cancellationToken));
        }
        catch (Exception unreadable) when (unreadable is JsonException or FormatException)
        {
            throw BatchRefusedException.Content("body", $"cannot be read as a webhook of {sourceName}: {unreadable.Message}");
        }
    }

    /// <summary>The same of a stored build that belongs to no application, by what is stored of it: its path, its jobs and its event are not.</summary>
    public async Task<WebhookTried> TryAsync(Build build, CancellationToken cancellationToken)
    {
        var source = build.Source ?? "";
        var own = $"{source}/";
        return Tried(null, await MatchAsync(source,
        [
            new ReportedBuild
            {
                Repository = build.ApplicationName.StartsWith(own, StringComparison.Ordinal) ? build.ApplicationName[own.Length..] : build.ApplicationName,
                Branch = build.Branch,
                Number = build.BuildNumber,
                Attempt = build.Attempt,
                Status = build.BuildStatus,
                CommitId = build.CommitId,
                Image = build.ImageName,
                ImageTag = build.ImageTag
            }
        ], cancellationToken));
    }

    private async Task<List<MatchedBuilds>> MatchAsync(string source, IEnumerable<ReportedBuild> builds, CancellationToken cancellationToken)
    {
        var applications = await db.Applications.AsNoTracking().Select(a => new KnownApplication(a.Name, a.Repository)).ToListAsync(cancellationToken);
        return [.. builds.Select(build => matcher.Match(source, build, applications))];
    }

    private static WebhookTried Tried(string? ignored, List<MatchedBuilds> matches) => new()
    {
        Ignored = ignored
            ?? (matches.SelectMany(m => m.Ignored).Distinct().Take(MostShown).ToList() is { Count: > 0 } why ? string.Join("; ", why) : null),
        Builds = [.. matches.SelectMany(m => m.Builds).Take(MostShown)],
        Rules = [.. matches.SelectMany(m => m.Verdicts).Take(MostVerdicts).Select(v => new WebhookVerdict
        {
            Rule = v.Rule,
            Application = v.Application,
            Matched = v.WhyNot is null,
            WhyNot = v.WhyNot,
        })],
        Problems = [.. matches.SelectMany(m => m.Problems.Concat(m.Builds.Select(BuildRules.Refusal).OfType<string>())).Distinct().Take(MostShown)],
        Notes = [.. matches.SelectMany(m => m.Notes).Distinct().Take(MostShown)],
    };
}
