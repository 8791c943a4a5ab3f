using System.Net;
using System.Text.Json;

namespace DevopsCd.DeployService.Kubernetes;

/// <summary>The API server answered no.</summary>
internal sealed class KubeException(HttpStatusCode status, string reason, string message, JsonElement body) : Exception(message)
{
    public HttpStatusCode Status => status;
    public string Reason => reason;
    public JsonElement Body => body;

    public bool NotFound => status == HttpStatusCode.NotFound;
    public bool AlreadyExists => reason == "AlreadyExists";
    public bool Expired => status == HttpStatusCode.Gone || reason == "Expired";
    public bool Conflict => status == HttpStatusCode.Conflict && !AlreadyExists;
}
