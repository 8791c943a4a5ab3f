using System.Text.Json;
using DevopsCd.Testing.Hosting;
using RabbitMQ.Client;

namespace DevopsCd.Testing.Chaos;

/// <summary>Builds as CI systems publish them, over a channel that stays open.</summary>
internal static class BuildMessages
{
    /// <summary>Publishes a finished build as <c>BuildCompleted</c>.</summary>
    public static async Task PublishBuildAsync(this IChannel channel, string application, int number, string messageId)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(CdApi.Build(application, number), JsonSerializerOptions.Web);
        var properties = new BasicProperties { ContentType = "application/json", MessageId = messageId, Persistent = true };
        await channel.BasicPublishAsync("DevopsCd.Contracts:BuildCompleted", "", true, properties, body).ConfigureAwait(false);
    }
}
