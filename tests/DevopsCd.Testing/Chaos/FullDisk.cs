using DevopsCd.Testing.Hosting;
using Npgsql;

namespace DevopsCd.Testing.Chaos;

/// <summary>The last byte of the disk with PostgreSQL's data is taken.</summary>
internal sealed class FullDatabaseDisk(SmallDisk disk, PostgresServer server, PostgresDatabase database, RabbitVirtualHost broker) : ServerTrouble
{
    private const int Megabytes = 192;

    public override HostSettings Settings { get; } = HostSettings.On(database.ConnectionString, broker.Uri);

    public override PostgresDatabase Database => database;

    public override string Said => "no space left";

    public override string Refusal => "no space left";

    public static async Task<ServerTrouble> CreateAsync()
    {
        var disk = await SmallDisk.MountAsync(Megabytes).ConfigureAwait(false);
        var server = await PostgresServer.StartInAsync(Directory.CreateDirectory(Path.Combine(disk.Folder, "pg")).FullName).ConfigureAwait(false);
        return new FullDatabaseDisk(
            disk, server, await PostgresDatabase.CreateAsync(server: server).ConfigureAwait(false),
                await RabbitVirtualHost.CreateAsync().ConfigureAwait(false));
    }

    public override Task BeginAsync(HostProcess host)
    {
        disk.Fill();
        return Task.CompletedTask;
    }

    public override Task EndAsync()
    {
        disk.Free();
        return Task.CompletedTask;
    }

    public override async ValueTask DisposeAsync()
    {
        disk.Free();
        await broker.DisposeAsync().ConfigureAwait(false);
        await server.DisposeAsync().ConfigureAwait(false);
        await disk.DisposeAsync().ConfigureAwait(false);
    }
}

/// <summary>The last byte of the disk with PostgreSQL's write-ahead log is taken: the server ends, and cannot start before there is some space.</summary>
internal sealed class FullWalDisk(SmallDisk disk, PostgresServer server, PostgresDatabase database, RabbitVirtualHost broker) : ServerTrouble
{
    private const int Megabytes = 64;

    private const string Fills = "create table if not exists ballast as select repeat('x', 1000) from generate_series(1, 2000); drop table ballast";

    public override HostSettings Settings { get; } = HostSettings.On(database.ConnectionString, broker.Uri);

    public override PostgresDatabase Database => database;

    public override string Said => "Commands cannot be decided";

    public static async Task<ServerTrouble> CreateAsync()
    {
        var disk = await SmallDisk.MountAsync(Megabytes).ConfigureAwait(false);
        var server = await PostgresServer.StartWithLogInAsync(disk.Folder).ConfigureAwait(false);
        var database = await PostgresDatabase.CreateAsync(server: server).ConfigureAwait(false);
        return new FullWalDisk(disk, server, database, await RabbitVirtualHost.CreateAsync().ConfigureAwait(false));
    }

    public override Task BeginAsync(HostProcess host) => Eventually.IsTrue(
        async () =>
        {
            // A checkpoint gives some of it back.
            disk.Fill();
            try
            {
                await database.ExecuteAsync(Fills).ConfigureAwait(false);
                return false;
            }
            catch (NpgsqlException)
            {
                return true;
            }
        },
        "the server cannot write its log",
        TimeSpan.FromMinutes(2));

    public override Task EndAsync()
    {
        disk.Free();
        return server.StartAgainAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        disk.Free();
        await broker.DisposeAsync().ConfigureAwait(false);
        await server.DisposeAsync().ConfigureAwait(false);
        await disk.DisposeAsync().ConfigureAwait(false);
    }
}

/// <summary>The last byte of the disk with the embedded mode's database is taken.</summary>
internal sealed class FullSqliteDisk(SmallDisk disk) : ServerTrouble
{
    private const int Megabytes = 32;

    public override HostSettings Settings { get; } = HostSettings.Embedded()
        .With("core__storage__connection_string", $"Data Source={Path.Combine(disk.Folder, "data", "devopscd.db")}");

    public override string Said => "no space left";

    public override string Refusal => "no space left";

    public static async Task<ServerTrouble> CreateAsync() => new FullSqliteDisk(await SmallDisk.MountAsync(Megabytes).ConfigureAwait(false));

    public override Task BeginAsync(HostProcess host)
    {
        disk.Fill();
        return Task.CompletedTask;
    }

    public override Task EndAsync()
    {
        disk.Free();
        return Task.CompletedTask;
    }

    public override ValueTask DisposeAsync() => disk.DisposeAsync();
}
