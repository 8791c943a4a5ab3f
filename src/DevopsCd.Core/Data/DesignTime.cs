using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace DevopsCd.Core.Data;

/// <summary>What <c>dotnet ef migrations</c> builds the models with; no server is contacted.</summary>
internal sealed class PostgresDesignTime : IDesignTimeDbContextFactory<PostgresCdDbContext>
{
    public PostgresCdDbContext CreateDbContext(string[] args) =>
        new((DbContextOptions<PostgresCdDbContext>)CdDbContextOptions.UsePostgres(new DbContextOptionsBuilder<PostgresCdDbContext>(),
            "Host=localhost").Options);
}

/// <inheritdoc cref="PostgresDesignTime" />
internal sealed class SqliteDesignTime : IDesignTimeDbContextFactory<SqliteCdDbContext>
{
    public SqliteCdDbContext CreateDbContext(string[] args) =>
        new((DbContextOptions<SqliteCdDbContext>)CdDbContextOptions.UseSqlite(new DbContextOptionsBuilder<SqliteCdDbContext>(),
            "Data Source=design.db").Options);
}
