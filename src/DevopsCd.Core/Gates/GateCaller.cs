using System.Net;
using DevopsCd.Core.Outbound;
using DevopsCd.Core.Policies;

namespace DevopsCd.Core.Gates;

/// <summary>Makes the calls of gates through the guarded way out. No secret is in what it says.</summary>
internal sealed class GateCaller(IEnumerable<IGateKind> kinds, GateOptions options, OutboundNetwork network, TimeProvider clock) : IDisposable
{
    private readonly Dictionary<GateKind, IGateKind> _kinds = kinds.ToDictionary(kind => kind.Kind);
    private readonly OutboundHttp _http = new(options.Outbound(), network, clock);

    /// <summary>Whether gates of a kind are called at all.</summary>
    public bool Calls(GateKind kind) => _kinds.ContainsKey(kind);

    public async Task<GateAnswer> CallAsync(GateCall call, CancellationToken cancellationToken)
    {
        var (kind, secret) = (_kinds[call.Gate.Kind], options.Secret(call.Gate.Secret));
        if (call.Gate.Secret is { } name && secret is null)
            return GateAnswer.Failed($"core:gates:secrets has no '{name}' any more");
        var redactor = new Redactor(secret is null ? [] : [secret], call.Gate.Url);
        try
        {
            using var request = kind.Request(call, secret);
            var answer = await _http.SendAsync(request, cancellationToken);
            var found = IsTransient(answer.Status) ? GateAnswer.Again(Said(answer), answer.RetryAfter) : kind.Read(call, answer);
            return found with { Detail = found.Detail is null ? null : redactor.Clean(found.Detail) };
        }
        catch (OutboundRefusedException refused)
        {
            return GateAnswer.Failed(redactor.Clean(refused.Message));
        }
        catch (Exception fault) when (fault is HttpRequestException or TimeoutException or IOException)
        {
            return GateAnswer.Again(redactor.Clean(fault.Message));
        }
    }

    public void Dispose() => _http.Dispose();

    /// <summary>An answer in words.</summary>
    public static string Said(HttpAnswer answer) =>
        string.IsNullOrWhiteSpace(answer.Body) ? $"HTTP {(int)answer.Status}" : $"HTTP {(int)answer.Status}: {answer.Body}";

    private static bool IsTransient(HttpStatusCode status) => status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or (HttpStatusCode)425
        or >= HttpStatusCode.InternalServerError;
}
