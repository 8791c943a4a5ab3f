namespace DevopsCd.DeployService.Configuration;

/// <summary>Whom to tell that an operation has ended.</summary>
internal sealed class CallbackOptions
{
    /// <summary><c>none</c>, <c>http</c> or <c>rabbitmq</c>.</summary>
    public string Kind { get; init; } = "none";

    /// <summary>With <c>http</c>: the host's root, for example <c>https://devopscd.example/</c>. With <c>rabbitmq</c>: an <c>amqp://</c> or <c>amqps://</c> address.</summary>
    public Uri? Url { get; init; }

    /// <summary>With <c>http</c>: sent as <c>X-API-Key</c>.</summary>
    [ConfigurationKeyName("api_key")]
    public string? ApiKey { get; init; }
}
