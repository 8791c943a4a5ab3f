
namespace DevopsCd.Core.Notifications.Composing;

/// <summary>One thing to tell people, before any channel has shaped it. Stored as JSON in <c>notifications.payload</c>.</summary>
internal sealed record Notice
{
    /// <summary>Same key, same notice: a channel gets it once.</summary>
    public required string Key { get; init; }

    public required NoticeKind Kind { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>Null for a test notice only.</summary>
    public long? BatchId { get; init; }

    /// <summary>The batch's correlation id: the chain of CDEvents.</summary>
    public Guid? CorrelationId { get; init; }

    public string BatchNumber { get; init; } = "";

    public string Title { get; init; } = "";

    /// <summary>The batch's project, if it has one.</summary>
    public string? Project { get; init; }

    /// <summary>The seed's event key, for example <c>pre_deploy_failed</c>.</summary>
    public string? Event { get; init; }

    /// <summary>The event's Chinese name, for example 预发布失败.</summary>
    public string? EventLabel { get; init; }

    public NoticeState? From { get; init; }

    public NoticeState? To { get; init; }

    /// <summary>The stage that the notice is about; null outside of a deployment.</summary>
    public Stage? Stage { get; init; }

    public int? Attempt { get; init; }

    public string Operator { get; init; } = "";

    public string? Reason { get; init; }

    /// <summary>Applications of the batch in all, told or not.</summary>
    public int Total { get; init; }

    public IReadOnlyList<ApplicationOutcome> Applications { get; init; } = [];

    /// <summary>The event is about other content than the approved one.</summary>
    public bool DiffersFromApproval { get; init; }

    /// <summary>What differs, old → new, a line an application; empty when that cannot be told.</summary>
    public IReadOnlyList<string> Changes { get; init; } = [];

    /// <summary>How many have approved, and who is still needed: of a vote, and where production waits for approval.</summary>
    public VoteCount? Votes { get; init; }

    /// <summary>The name of the gate that it is about; null where it is about none.</summary>
    public string? Gate { get; init; }

    /// <summary>A batch accepted an event; its version makes the key.</summary>
    /// <param name="batch">The batch after the event.</param>
    /// <param name="event">The seed's key.</param>
    /// <param name="eventLabel">Its Chinese name.</param>
    /// <param name="from">Name of the state before.</param>
    /// <param name="operator">Who.</param>
    /// <param name="at">When.</param>
    /// <param name="stage">The stage, for the five deployment events.</param>
    /// <param name="total">Applications of the batch.</param>
    public static Notice Transition(
        Batch batch, string @event, string eventLabel, string from, string @operator, DateTimeOffset at, Stage? stage, int total) =>
        About(batch, NoticeKind.Transition, $"batch/{batch.Id}/v{batch.Version}/{@event}", @operator, at) with
        {
            Event = @event,
            EventLabel = eventLabel,
            From = NoticeState.Of(from),
            Stage = stage,
            Attempt = stage is { } s ? batch.Attempt(s) : null,
            Total = total
        };

    /// <summary>Applications have left a batch for a new one.</summary>
    /// <param name="batch">The batch that they have left.</param>
    /// <param name="other">The new one.</param>
    /// <param name="applications">Their names.</param>
    /// <param name="operator">Who wanted it.</param>
    /// <param name="at">When.</param>
    public static Notice Split(Batch batch, Batch other, string applications, string @operator, DateTimeOffset at) =>
        About(batch, NoticeKind.Transition, $"batch/{batch.Id}/split/{other.Id}", @operator, at) with
        {
            Event = "applications_split",
            EventLabel = "拆分应用 applications split",
            From = NoticeState.Of(batch.Status),
            Reason = $"{applications} → {other.BatchNumber}"
        };

    /// <summary>Somebody has approved and others still have to. The same vote given again is no news.</summary>
    public static Notice ApprovalGiven(Batch batch, BatchEventType type, string @operator, VoteCount votes, DateTimeOffset at) => About(batch,
        NoticeKind.ApprovalGiven,
        $"batch/{batch.Id}/v{batch.Version}/approval/{type.Key}/{votes.ContentHash[..BatchTag.ContentLength]}/{votes.Votes}/{@operator}", @operator, at) with
    {
        Event = type.Key,
        EventLabel = type.Label,
        Votes = votes
    };

    /// <summary>One application failed, timed out or was held; one notice an application, stage and attempt.</summary>
    public static Notice ApplicationFailed(Batch batch, Stage stage, ApplicationOutcome application, DateTimeOffset at, int total) => About(batch,
        NoticeKind.AppFailed,
        $"batch/{batch.Id}/{stage}/{batch.Attempt(stage)}/{application.Name}/{application.Cluster}", Operators.Engine, at) with
    {
        Stage = stage,
        Attempt = batch.Attempt(stage),
        Total = total,
        Applications = [application]
    };

    /// <summary>The batch waits for a person to start production; told once for each pre-deployment (R7).</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="at">When.</param>
    /// <param name="plan">What would be deployed.</param>
    /// <param name="votes">Whose approval the start needs; null where one person alone may start it.</param>
    public static Notice ProductionReady(Batch batch, DateTimeOffset at, IReadOnlyList<ApplicationOutcome> plan, VoteCount? votes) => About(batch,
        NoticeKind.ProductionReady,
        $"batch/{batch.Id}/production-ready/{batch.Pre.Attempt}", Operators.Engine, at) with
    {
        Total = plan.Count,
        Applications = plan,
        Votes = votes
    };

    /// <summary>An operation takes far longer than usual.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="operation">The operation.</param>
    /// <param name="reason">How long it has taken, and usually takes.</param>
    /// <param name="at">When that was found.</param>
    public static Notice OperationLate(Batch batch, Deployment operation, string reason, DateTimeOffset at) => About(
        batch, NoticeKind.OperationLate, $"batch/{batch.Id}/operation/{operation.OperationId}/late", Operators.Engine, at) with
    {
        Stage = operation.Stage,
        Attempt = operation.Attempt,
        Reason = reason
    };

    /// <summary>A gate waits for a person.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="gateId">The gate's number.</param>
    /// <param name="gate">Its name.</param>
    /// <param name="at">When it was asked.</param>
    public static Notice GateWaits(Batch batch, long gateId, string gate, DateTimeOffset at) =>
        About(batch, NoticeKind.GateWaits, $"batch/{batch.Id}/gate/{gateId}/waits", Operators.Engine, at) with { Gate = gate };

    /// <summary>A gate is decided.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="gateId">The gate's number.</param>
    /// <param name="gate">Its name.</param>
    /// <param name="letsPass">Whether it lets pass.</param>
    /// <param name="operator">Who has decided it.</param>
    /// <param name="reason">Why.</param>
    /// <param name="at">When.</param>
    public static Notice GateDecided(Batch batch, long gateId, string gate, bool letsPass, string @operator, string? reason, DateTimeOffset at)
    {
        var kind = letsPass ? NoticeKind.GatePassed : NoticeKind.GateFailed;
        return About(batch, kind, $"batch/{batch.Id}/gate/{gateId}/{kind}", @operator, at) with { Gate = gate, Reason = reason };
    }

    /// <summary>A person tries a channel.</summary>
    public static Notice Test(string key, string @operator, DateTimeOffset at) => new()
    {
        Key = key,
        Kind = NoticeKind.Test,
        At = at,
        Title = "DevopsCd",
        Operator = @operator,
        Applications = [new ApplicationOutcome("sample", ReleaseStatus.Succeeded)],
        Total = 1
    };

    /// <summary>What every notice of a batch says of it.</summary>
    private static Notice About(Batch batch, NoticeKind kind, string key, string @operator, DateTimeOffset at) => new()
    {
        Key = key,
        Kind = kind,
        At = at,
        BatchId = batch.Id,
        CorrelationId = batch.CorrelationId,
        BatchNumber = batch.BatchNumber,
        Title = batch.Title,
        Project = batch.Project,
        To = NoticeState.Of(batch.Status),
        Operator = @operator
    };
}

/// <summary>What a notice tells. Refreshed builds are not told: they are history rows.</summary>
internal enum NoticeKind
{
    /// <summary>A batch accepted an event.</summary>
    Transition,

    /// <summary>One application failed in a stage.</summary>
    AppFailed,

    /// <summary>A pre-deployed batch waits for a person to start production.</summary>
    ProductionReady,

    /// <summary>Somebody has approved a batch, and others still have to.</summary>
    ApprovalGiven,

    /// <summary>An operation takes far longer than usual.</summary>
    OperationLate,

    /// <summary>A gate waits for a person.</summary>
    GateWaits,

    /// <summary>A gate lets pass what it held.</summary>
    GatePassed,

    /// <summary>A gate does not let pass what it holds.</summary>
    GateFailed,

    /// <summary>A person tries a channel.</summary>
    Test
}

/// <summary>A batch's state as a notice shows it.</summary>
internal sealed record NoticeState(short Code, string Name, string Label)
{
    public static NoticeState Of(string name) => new(BatchStatus.Code(name), name, BatchStatus.Label(name));
}
