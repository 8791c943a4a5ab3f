using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization;
using DevopsCd.Core.Notifications;
using DevopsCd.Core.Outbound;
using DevopsCd.Core.Policies;
using DevopsCd.Shared;

namespace DevopsCd.Core.Gates;

/// <summary>
/// A receiver that is told what is asked, and answers at once with <c>{"result": "passed" | "failed", "reason": …}</c>, or later at the address
/// that it is given. The same question has the same <c>webhook-id</c>, however often it is sent.
/// </summary>
internal sealed class WebhookGate(NotificationOptions notification, TimeProvider clock) : IGateKind
{
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerOptions.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    public GateKind Kind => GateKind.Webhook;

    public HttpRequestMessage Request(GateCall call, string? secret)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(Question(call), s_json);
        var request = new HttpRequestMessage(HttpMethod.Post, call.Gate.Url)
        {
            Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json", "utf-8") } }
        };
        StandardWebhook.Sign(request, $"gate_{call.Batch.CorrelationId:N}_{call.Run.Id}", clock.GetUtcNow(), body, secret);
        return request;
    }

    public GateAnswer Read(GateCall call, HttpAnswer answer)
    {
        if (!answer.IsSuccess)
            return GateAnswer.Failed(GateCaller.Said(answer));
        var (result, reason) = Result(answer.Body);
        return result switch
        {
            GateResults.Passed => GateAnswer.Passed(reason),
            GateResults.Failed => GateAnswer.Failed(reason ?? "the receiver says so"),
            _ => GateAnswer.Later(null)
        };
    }

    /// <summary>Whatever is no result means that it comes later.</summary>
    private static (string? Result, string? Reason) Result(string body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return (Text("result"), Text("reason"));

            string? Text(string name) => document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        }
        catch (JsonException)
        {
            return (null, null);
        }
    }

    private object Question(GateCall call)
    {
        var (run, batch) = (call.Run, call.Batch);
        var address = notification.PublicUrl?.TrimEnd('/') ?? "";
        return new
        {
            Type = "gate.asked",
            Timestamp = run.CreatedAt,
            Data = new
            {
                Gate = new { run.Id, run.Project, run.Name, At = EnumNames<GatePoint>.Of(run.Point), run.Attempt, Deadline = run.DeadlineAt },
                Batch = new
                {
                    batch.Id,
                    BatchId = batch.CorrelationId,
                    batch.BatchNumber,
                    batch.Title,
                    batch.Project,
                    batch.Initiator,
                    State = BatchStatus.Code(batch.Status),
                    StateName = batch.Status,
                    Url = $"{address}/batches/{batch.Id}"
                },
                Content = new
                {
                    Hash = run.ContentHash,
                    Releases = call.Content.Select(r => new
                    {
                        r.Application,
                        r.Branch,
                        r.BuildNumber,
                        r.CommitId,
                        r.ImageName,
                        r.ImageTag,
                        r.ImageDigest,
                        r.DependsOn
                    })
                },
                ResultUrl = $"{address}/api/v1/gates/{run.Id}/result"
            }
        };
    }
}
