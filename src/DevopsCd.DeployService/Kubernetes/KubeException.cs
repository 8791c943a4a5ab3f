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
    public bool Invalid => (int)status == 422 && !Denied;
    public bool Conflict => status == HttpStatusCode.Conflict && !AlreadyExists && !Denied;

    /// <summary>An admission webhook has said no, with whatever status it likes.</summary>
    public bool Denied => Message.StartsWith("admission webhook", StringComparison.Ordinal) && Message.Contains("denied the request", StringComparison.Ordinal);

    /// <summary>Server-side apply cannot merge this object: it holds two entries with one key, for example an environment variable twice.</summary>
    public bool Unmergeable =>
        Message.Contains("duplicate entries for key", StringComparison.Ordinal) || Message.Contains("manager for existing fields", StringComparison.Ordinal);

    /// <summary>Asking again would be answered the same.</summary>
    public bool Definite => Denied || (int)status is 400 or 403 or 404 or 422;
}
