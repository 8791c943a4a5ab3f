using DevopsCd.Testing;
using Npgsql;

namespace DevopsCd.EndToEnd.Tests.Helpers;

public sealed class A_throw_away_database
{
    [Fact]
    public async Task Can_be_written_and_read()
    {
        await using var database = await PostgresDatabase.CreateAsync();

        await database.ExecuteAsync("create table fruit (name text, weight int)");
        await database.ExecuteAsync("insert into fruit values ($1, $2), ('pear', null)", "apple", 150);

        (await database.QueryAsync<string>("select name from fruit order by name")).ShouldBe(["apple", "pear"]);
        (await database.ScalarAsync<long>("select count(*) from fruit where weight = $1", 150)).ShouldBe(1);
    }

    [Fact]
    public async Task Can_be_a_copy_of_another_several_times_at_once()
    {
        await using var original = await PostgresDatabase.CreateAsync();
        await original.ExecuteAsync("create table fruit as select 'apple' as name");
        await original.TerminateConnectionsAsync();

        var copies = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => PostgresDatabase.CreateAsync(original.Name)));

        foreach (var copy in copies)
        {
            (await copy.ScalarAsync<string>("select name from fruit")).ShouldBe("apple");
            await copy.DisposeAsync();
        }
    }

    [Fact]
    public async Task Is_gone_afterwards_even_with_a_connection_left_open()
    {
        var database = await PostgresDatabase.CreateAsync();
        await using var left = await database.OpenAsync();

        await database.DropAsync();

        var failure = await Should.ThrowAsync<PostgresException>(() => database.ExecuteAsync("select 1"));
        failure.SqlState.ShouldBe("3D000");
    }

    [Fact]
    public async Task Is_durable_so_that_figures_are_honest()
    {
        await using var database = await PostgresDatabase.CreateAsync();

        (await database.ScalarAsync<string>("show fsync")).ShouldBe("on");
        (await database.ScalarAsync<string>("show synchronous_commit")).ShouldBe("on");
    }
}
