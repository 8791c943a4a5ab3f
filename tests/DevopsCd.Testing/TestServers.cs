using System.Net.Sockets;
using Npgsql;

namespace DevopsCd.Testing;

/// <summary>Where the test servers are. <c>infra/test/servers up</c> starts them on the addresses that are the defaults here.</summary>
public static class TestServers
{
    public static string Postgres { get; } = Setting(
        "DEVOPSCD_TEST_POSTGRES", "Host=127.0.0.1;Port=15432;Username=devopscd;Password=devopscd;Database=postgres");

    public static Uri RabbitMq { get; } = new(Setting("DEVOPSCD_TEST_RABBITMQ", "amqp://devopscd:devopscd@127.0.0.1:15673/"));

    public static Uri RabbitMqApi { get; } = new(Setting("DEVOPSCD_TEST_RABBITMQ_API", "http://127.0.0.1:15674"));

    internal static bool IsConnectionFailure(Exception failure) =>
        failure is SocketException or IOException or TimeoutException or HttpRequestException { StatusCode: null }
        || failure is NpgsqlException { SqlState: null }
        || failure.InnerException is { } inner && IsConnectionFailure(inner);

    private static string Setting(string name, string standard) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : standard;
}
