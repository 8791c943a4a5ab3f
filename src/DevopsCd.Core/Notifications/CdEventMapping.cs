using DevopsCd.Core.Batches;
using DevopsCd.Core.Deployments;
using Microsoft.Extensions.Options;

namespace DevopsCd.Core.Notifications;

/// <summary>
/// Notices as CDEvents. Sealing publishes the artifacts of the batch; the end of a stage deploys, upgrades or rolls back services
/// and, when something went live, modifies the environment. The batch's correlation id is the chain.
/// </summary>
internal sealed class CdEventMapping(IOptions<NotificationOptions> options)
{
    private readonly string _source = options.Value.PublicUrl is { Length: > 0 } url ? url.TrimEnd('/') : "/devopscd";

    public IReadOnlyList<CdEvent> Map(Notice notice) => notice switch
    {
        { Kind: NoticeKind.Transition, Event: "confirm_tag" } => Published(notice).ToList(),
        { Kind: NoticeKind.Transition, Stage: { } stage } when notice.EndsStage() => Deployed(notice, stage).ToList(),
        _ => []
    };

    /// <summary>A package URL; the digest, when known, is its version.</summary>
    internal static string? PackageUrl(ApplicationOutcome application)
    {
        if (application.ImageName is not { Length: > 0 } image)
            return null;
        var slash = image.LastIndexOf('/');
        var version = application.ImageDigest is { Length: > 0 } digest ? "@" + Uri.EscapeDataString(digest) : "";
        var qualifiers = new List<string>();
        if (slash >= 0)
            qualifiers.Add("repository_url=" + Uri.EscapeDataString(image).Replace("%2F", "/"));
        if (application.ImageTag is { Length: > 0 } tag)
            qualifiers.Add("tag=" + Uri.EscapeDataString(tag));
        var query = qualifiers.Count == 0 ? "" : "?" + string.Join('&', qualifiers);
        return $"pkg:oci/{Uri.EscapeDataString(image[(slash + 1)..].ToLowerInvariant())}{version}{query}";
    }

    private IEnumerable<CdEvent> Published(Notice notice)
    {
        foreach (var application in notice.Applications)
            if (PackageUrl(application) is { } artifact)
                yield return Event(notice, "artifact.published.0.3.0", artifact, new { user = notice.Operator.Length > 0 ? notice.Operator : null });
    }

    private IEnumerable<CdEvent> Deployed(Notice notice, Stage stage)
    {
        var moved = new HashSet<string>(StringComparer.Ordinal);
        foreach (var application in notice.Applications)
        {
            var predicate = application switch
            {
                { RolledBack: true } => "rolledback",
                { Outcome: ReleaseStatus.Succeeded, Replaced: true } => "upgraded",
                { Outcome: ReleaseStatus.Succeeded } => "deployed",
                _ => null
            };
            if (predicate is null || PackageUrl(application) is not { } artifact)
                continue;
            var environment = Environment(stage, application.Cluster);
            moved.Add(environment);
            yield return Event(notice, $"service.{predicate}.0.3.0", application.Name,
                new { environment = new { id = environment, source = _source }, artifactId = artifact }, environment);
        }
        foreach (var environment in moved)
            yield return Event(notice, "environment.modified.0.3.0", environment, new { name = environment });
    }

    private static string Environment(Stage stage, string? cluster)
    {
        var name = stage == Stage.Pre ? "pre" : "prod";
        return cluster is { Length: > 0 } ? $"{name}/{cluster}" : name;
    }

    private CdEvent Event(Notice notice, string type, string subject, object content, string? part = null) => new(
        new CdEvent.EventContext(
            CloudEvents.Id($"{notice.Key}/{type}/{subject}/{part}"), _source, "dev.cdevents." + type, notice.At, notice.CorrelationId?.ToString()),
        new CdEvent.EventSubject(subject, _source, content),
        new { batch = notice.BatchNumber, @event = notice.Event, @operator = notice.Operator });
}
