using System.Net.Http.Headers;
using DevopsCd.Core.Outbound;
using DevopsCd.Core.Policies;

namespace DevopsCd.Core.Gates;

/// <summary>An address that answers with a status: it passes as soon as it is the expected one.</summary>
internal sealed class HttpGate : IGateKind
{
    public GateKind Kind => GateKind.Http;

    public HttpRequestMessage Request(GateCall call, string? secret) => Get(call.Gate.Url, secret);

    public GateAnswer Read(GateCall call, HttpAnswer answer) => (int)answer.Status == call.Gate.Status
        ? GateAnswer.Passed($"HTTP {(int)answer.Status}")
        : GateAnswer.Again($"{GateCaller.Said(answer)}; expected {call.Gate.Status}");

    /// <summary>A GET that is authorized with a secret, where there is one.</summary>
    public static HttpRequestMessage Get(string address, string? secret)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, address);
        if (secret is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", secret);
        return request;
    }
}
