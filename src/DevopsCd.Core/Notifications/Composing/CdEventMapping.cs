using DevopsCd.Core.CdEvents;
using DevopsCd.Shared;

namespace DevopsCd.Core.Notifications.Composing;

/// <summary>
/// Notices as CDEvents. Sealing publishes the artifacts of the batch; the end of a stage deploys, upgrades or rolls back services
/// and, when something went live, modifies the environment. The batch's correlation id is the chain.
/// </summary>
internal sealed class CdEventMapping(NotificationOptions options)
{
    private readonly string _source = options.PublicUrl is { Length: > 0 } url ? url.TrimEnd('/') : "/devopscd";

    public IReadOnlyList<CdEvent> Map(Notice notice) => notice switch
    {
        _ when notice.Seals() => Published(notice).ToList(),
        { Kind: NoticeKind.Transition, Stage: { } stage } when notice.EndsStage() => Deployed(notice, stage).ToList(),
        _ => []
    };

    private IEnumerable<CdEvent> Published(Notice notice)
    {
        foreach (var application in notice.Applications)
            if (Artifact(application) is { } artifact)
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
            if (predicate is null || Artifact(application) is not { } artifact)
                continue;
            var environment = Environment(stage, application.Cluster);
            moved.Add(environment);
            yield return Event(notice, $"service.{predicate}.0.3.0", application.Name,
                new { environment = new { id = environment, source = _source }, artifactId = artifact }, environment);
        }
        foreach (var environment in moved)
            yield return Event(notice, "environment.modified.0.3.0", environment, new { name = environment });
    }

    private static string? Artifact(ApplicationOutcome application) =>
        application.ImageName is { Length: > 0 } image ? PackageUrl.Of(image, application.ImageTag, application.ImageDigest).ToString() : null;

    private static string Environment(Stage stage, string? cluster)
    {
        var name = EnumNames<Stage>.Of(stage.Place());
        return cluster is { Length: > 0 } ? $"{name}/{cluster}" : name;
    }

    private CdEvent Event(Notice notice, string type, string subject, object content, string? part = null) => new(
        new CdEvent.EventContext(
            CloudEvent.IdOf($"{notice.Key}/{type}/{subject}/{part}"), _source, "dev.cdevents." + type, notice.At, notice.CorrelationId?.ToString()),
        new CdEvent.EventSubject(subject, _source, content),
        new { batch = notice.BatchNumber, @event = notice.Event, @operator = notice.Operator });
}
