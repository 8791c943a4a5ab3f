namespace DevopsCd.Messaging.Tests.Houses;

/// <summary>What a house stands on: the two grounds the product runs on.</summary>
public enum TestInfrastructure
{
    /// <summary>PostgreSQL and RabbitMQ.</summary>
    Servers,

    /// <summary>A SQLite file and the transport in memory.</summary>
    Embedded,
}
