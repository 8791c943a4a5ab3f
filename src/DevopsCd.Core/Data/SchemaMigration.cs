using DevopsCd.Core.Configuration;
using MassTransit;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace DevopsCd.Core.Data;

/// <summary>Brings the database to this version before anything else runs. Several instances may start at once: a lock lets one migrate.</summary>
internal static class SchemaMigration
{
    private static readonly TimeSpan s_wait = TimeSpan.FromMilliseconds(200);

    private const string Key = $"{StorageOptions.Section}:connection_string";

    /// <exception cref="StartRefusedException">The database is not to be used like this, and waiting does not change it.</exception>
    public static async Task MigrateAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        var storage = services.GetRequiredService<StorageOptions>();
        try
        {
            while (!await TryMigrateAsync(services, storage, cancellationToken))
            {
                // Another host may have gone on meanwhile: it is looked at anew.
            }
        }
        catch (SqliteException failure)
        {
            throw SqliteFile.Refusal(storage.ConnectionString, failure);
        }
        catch (Exception failure) when (storage.Postgres && failure is not (StartRefusedException or OperationCanceledException)
            && DatabaseFailures.Of(failure) is DatabaseFailure.None or DatabaseFailure.Denied)
        {
            throw Refusal(storage, failure);
        }
    }

    /// <summary>False when the turn was lost on the way: this process was frozen, or its database away.</summary>
    private static async Task<bool> TryMigrateAsync(IServiceProvider services, StorageOptions storage, CancellationToken cancellationToken)
    {
        if (!storage.Postgres)
            services.GetRequiredService<SqliteFile>().Take(storage.ConnectionString);
        await using var scope = services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<CdDbContext>();
        // EF's own lock is on a table that an empty database does not have yet.
        await using var turn = storage.Postgres ? await TurnAsync(storage, services.GetRequiredService<TimeProvider>(), cancellationToken) : null;
        using var held = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, turn?.Lost ?? CancellationToken.None);
        try
        {
            await MigrateAsync(db, scope.ServiceProvider, storage, held.Token);
            return true;
        }
        catch (OperationCanceledException) when (turn is { Lost.IsCancellationRequested: true } && !cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private static async Task MigrateAsync(CdDbContext db, IServiceProvider services, StorageOptions storage, CancellationToken cancellationToken)
    {
        var log = services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(SchemaMigration));
        await MigrateAsync(db, storage, log, cancellationToken);
        foreach (var further in services.GetServices<IFurtherSchema>())
            await MigrateAsync(further.Context, storage, log, cancellationToken);
        if (!storage.Postgres)
            await db.Database.ExecuteSqlRawAsync("PRAGMA journal_mode=WAL", cancellationToken);
        if (storage.SampleCatalogue ?? !storage.Postgres)
            foreach (var content in services.GetServices<IFirstContent>())
                await content.FillAsync(cancellationToken);
    }

    private static async Task MigrateAsync(DbContext db, StorageOptions storage, ILogger log, CancellationToken cancellationToken)
    {
        // Whoever migrates may take long, and the others wait for it; one that died is ended by the server like any other. A table that somebody
        // has for long is an outage to it: it is told so, and tries again.
        if (storage.Postgres)
            db.Database.SetConnectionString(storage.PostgresConnection(isPatient: true));
        List<string> known = [.. db.Database.GetMigrations()], applied = [.. await db.Database.GetAppliedMigrationsAsync(cancellationToken)];
        if (SchemaAge.Refusal(known, applied) is { } why)
            throw new StartRefusedException($"{Key}: {why}");
        if (SchemaAge.Unknown(known, applied) is { Count: > 0 } newer)
            log.SchemaIsNewer(string.Join(", ", newer));
        await db.Database.MigrateAsync(cancellationToken);
    }

    /// <summary>Waits for its turn among hosts that start together. The lock is free again when its holder dies or freezes.</summary>
    private static async Task<IClusterHold?> TurnAsync(StorageOptions storage, TimeProvider clock, CancellationToken cancellationToken)
    {
        var cluster = new PostgresClusterLock(storage, clock);
        try
        {
            while (true)
            {
                if (await cluster.TryTakeAsync("schema", cancellationToken) is { } turn)
                    return turn;
                await Task.Delay(s_wait, clock, cancellationToken);
            }
        }
        catch (PostgresException failure) when (failure.SqlState == PostgresErrorCodes.InvalidCatalogName)
        {
            // A database that does not exist yet is EF's to create or to refuse.
            return null;
        }
    }

    private static StartRefusedException Refusal(StorageOptions storage, Exception failure)
    {
        var connection = new NpgsqlConnectionStringBuilder(storage.PostgresConnection());
        for (var cause = failure; cause is not null; cause = cause.InnerException)
            if (cause is PostgresException postgres)
                return new StartRefusedException(postgres.SqlState switch
                {
                    PostgresErrorCodes.InvalidCatalogName => $"{Key}: the database '{connection.Database}' does not exist on {connection.Host}; create it or name another.",
                    ['2', '8', ..] => $"{Key}: {connection.Host} refuses the user '{connection.Username}': {postgres.MessageText}.",
                    PostgresErrorCodes.InsufficientPrivilege => $"{Key}: the user '{connection.Username}' may not do what the schema needs: {postgres.MessageText}.",
                    _ => $"{Key}: the schema of '{connection.Database}' cannot be brought to this version: {postgres.MessageText} ({postgres.SqlState})."
                }, failure);
        return new StartRefusedException($"{Key}: {connection.Host} cannot be used: {failure.GetBaseException().Message}", failure);
    }
}
