using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace DevopsCd.Core.Data;

/// <summary>
/// Has SQLite wait for its one writer by itself, looking again within milliseconds. Its .NET library would look every 150 ms, so that writers at once
/// spend most of their time asleep; it still does what takes longer than this.
/// </summary>
internal sealed class SqliteWait : DbConnectionInterceptor
{
    public static SqliteWait Instance { get; } = new();

    private const string Statement = "PRAGMA busy_timeout = 2000";

    public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData)
    {
        using var command = connection.CreateCommand();
        command.CommandText = Statement;
        command.ExecuteNonQuery();
    }

    public override async Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = Statement;
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
