using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using DevopsCd.Contracts;
using DevopsCd.DeployService.Configuration;
using DevopsCd.DeployService.Kubernetes;
using DevopsCd.Shared;
using Microsoft.Extensions.Options;
using RabbitMQ.Client;

namespace DevopsCd.DeployService.Callbacks;

/// <summary>Publishes <see cref="DeploymentReported"/> as plain JSON; counts as sent when the broker has confirmed it and had a queue for it.</summary>
internal sealed class RabbitMqCallback(IOptions<DeployServiceOptions> options) : ICallback, IAsyncDisposable
{
    private const string Exchange = $"DevopsCd.Contracts:{nameof(DeploymentReported)}";

    private readonly SemaphoreSlim _gate = new(1);
    private IConnection? _connection;
    private IChannel? _channel;

    public string Kind => CallbackKinds.RabbitMq;

    public async Task SendAsync(DeploymentReported report, DateTimeOffset endedAt, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            var channel = await ChannelAsync(cancellationToken);
            var properties = new BasicProperties
            {
                ContentType = "application/json",
                DeliveryMode = DeliveryModes.Persistent,
                MessageId = MessageIdOf(report, endedAt).ToString(),
                AppId = "devopscd-deploy-service",
                Headers = new Dictionary<string, object?> { ["MT-MessageType"] = $"urn:message:{Exchange}" }
            };
            if (Activity.Current is { } present)
                properties.Headers["traceparent"] = present.Id;
            await channel.BasicPublishAsync(Exchange, routingKey: "", mandatory: true, properties, JsonSerializer.SerializeToUtf8Bytes(report, Json.Options),
                cancellationToken);
        }
        catch
        {
            await CloseAsync();
            throw;
        }
        finally
        {
            _gate.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        _gate.Dispose();
    }

    /// <summary>The same end always has the same message id, so a repeated send is recognised as one.</summary>
    private static Guid MessageIdOf(DeploymentReported report, DateTimeOffset endedAt) =>
        DerivedId.From("report", $"{report.OperationId}|{report.Phase}|{endedAt:O}");

    private async Task<IChannel> ChannelAsync(CancellationToken cancellationToken)
    {
        if (_channel is { IsOpen: true })
            return _channel;
        await CloseAsync();
        var factory = new ConnectionFactory
        {
            Uri = options.Value.Callback.Url!,
            ClientProvidedName = "devopscd-deploy-service",
            AutomaticRecoveryEnabled = false
        };
        _connection = await factory.CreateConnectionAsync(cancellationToken);
        return _channel = await _connection.CreateChannelAsync(
            new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true), cancellationToken);
    }

    private async Task CloseAsync()
    {
        var (channel, connection) = (_channel, _connection);
        (_channel, _connection) = (null, null);
        if (channel is not null)
            await channel.DisposeAsync();
        if (connection is not null)
            await connection.DisposeAsync();
    }
}
