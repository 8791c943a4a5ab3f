using System.ComponentModel.DataAnnotations;
using DevopsCd.DeployService.Callbacks;

namespace DevopsCd.DeployService.Configuration;

/// <summary>Whom to tell that an operation has ended.</summary>
internal sealed class CallbackOptions
{
    /// <summary><c>none</c>, <c>http</c> or <c>rabbitmq</c>.</summary>
    [AllowedValues(CallbackKinds.None, CallbackKinds.Http, CallbackKinds.RabbitMq)]
    public string Kind { get; set; } = "none";

    /// <summary>With <c>http</c>: the host's root, for example <c>https://devopscd.example/</c>. With <c>rabbitmq</c>: an <c>amqp://</c> or <c>amqps://</c> address.</summary>
    public Uri? Url { get; set; }

    /// <summary>With <c>http</c>: sent as <c>X-API-Key</c>.</summary>
    [ConfigurationKeyName("api_key")]
    public string? ApiKey { get; set => field = value?.Trim(); }
}
