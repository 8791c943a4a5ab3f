namespace DevopsCd.DeployService.Callbacks;

/// <summary>The names of <c>deploy_service:callback:kind</c>.</summary>
internal static class CallbackKinds
{
    public const string None = "none";
    public const string Http = "http";
    public const string RabbitMq = "rabbitmq";

    public static readonly IReadOnlyList<string> All = [None, Http, RabbitMq];
}
