using DevopsCd.Core.Configuration;
using MassTransit;
using Npgsql;

namespace DevopsCd.Core.Tests.Data;

public sealed class A_pool_of_connections
{
    private const string Address = "Host=db;Database=devopscd;Username=devopscd;Password=x";

    [Theory]
    [InlineData("", 40, 20)]
    [InlineData(";Maximum Pool Size=12", 12, 6)]
    [InlineData(";MaxPoolSize=300", 300, 150)]
    [InlineData(";Maximum Pool Size=1", 1, 1)]
    [InlineData(";Minimum Pool Size=50", 50, 25)]
    public void Fits_two_instances_into_PostgreSQL_unless_told_otherwise(string said, int pool, int requests)
    {
        var storage = new StorageOptions { Provider = "postgres", ConnectionString = Address + said };

        var connection = new NpgsqlConnectionStringBuilder(storage.PostgresConnection());

        connection.MaxPoolSize.ShouldBe(pool);
        storage.RequestsAtOnce.ShouldBe(requests);
    }

    [Theory]
    [InlineData("", 100, 32_768)]
    [InlineData(";Max Auto Prepare=0", 0, 32_768)]
    [InlineData(";MaxAutoPrepare=7;Read Buffer Size=8192", 7, 8192)]
    public void Keeps_statements_prepared_unless_told_otherwise(string said, int statements, int buffer)
    {
        var storage = new StorageOptions { Provider = "postgres", ConnectionString = Address + said };

        var connection = new NpgsqlConnectionStringBuilder(storage.PostgresConnection());

        (connection.MaxAutoPrepare, connection.ReadBufferSize).ShouldBe((statements, buffer));
    }

    [Fact]
    public void Or_a_server_that_has_none_left_is_worth_another_try()
    {
        var refused = new PostgresException("sorry, too many clients already", "FATAL", "FATAL", PostgresErrorCodes.TooManyConnections);
        var exhausted = new NpgsqlException("The connection pool has been exhausted", new TimeoutException());

        DatabaseFailures.IsTransient(refused).ShouldBeTrue();
        DatabaseFailures.IsTransient(new InvalidOperationException("An exception has been raised", refused)).ShouldBeTrue();
        DatabaseFailures.IsTransient(exhausted).ShouldBeTrue();
    }
}
