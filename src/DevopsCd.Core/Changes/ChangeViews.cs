using System.Text.Json;
using DevopsCd.Contracts.Api;
using DevopsCd.Shared;

namespace DevopsCd.Core.Changes;

/// <summary>Rows as the API shows them, alone and in the stream.</summary>
internal static class ChangeViews
{
    public static DeploymentView View(this Deployment d) => new()
    {
        OperationId = d.OperationId,
        Stage = EnumNames<Stage>.Of(d.Stage),
        Cluster = d.Cluster,
        Attempt = d.Attempt,
        Status = EnumNames<OperationStatus>.Of(d.Status),
        Tries = d.Tries,
        Image = d.Image,
        PreviousImage = d.PreviousImage,
        PreviousRevision = d.PreviousRevision,
        Reverts = d.Reverts,
        StartedAt = d.StartedAt,
        FinishedAt = d.FinishedAt,
        DeadlineAt = d.DeadlineAt,
        Error = d.Error,
        // Of what was stopped on somebody's word it would say what was only not ready yet.
        Cause = d.Status is OperationStatus.Succeeded or OperationStatus.Stopped ? null : FailureCause.Read(d.Triage),
        Restarts = d.Restarts,
        LateSince = d.LateSince,
        MayStillRun = d.State().StopDue
    };

    public static BatchEventView View(this BatchEvent e) => new()
    {
        Id = e.Id,
        Event = e.Event,
        Outcome = EnumNames<EventOutcome>.Of(e.Outcome),
        From = e.FromState,
        To = e.ToState,
        Operator = e.Operator,
        Source = e.Source,
        Reason = e.Reason,
        MessageId = e.MessageId,
        Detail = e.Detail is null ? null : JsonSerializer.Deserialize<JsonElement>(e.Detail),
        Version = e.Version,
        At = e.At
    };
}
