namespace DevopsCd.DeployService.Callbacks;

/// <summary>The names of <c>deploy_service:callback:kind</c>.</summary>
internal static class CallbackKinds
{
    public const string None = "none";
    public const string Http = "http";
    public const string RabbitMq = "rabbitmq";

    /// <summary>What its address may begin with; empty where it needs none.</summary>
    public static IReadOnlyList<string> Schemes(string kind) => kind switch
    {
        Http => ["http", "https"],
        RabbitMq => ["amqp", "amqps"],
        _ => []
    };
}
