using DevopsCd.Core.Data;
using DevopsCd.Host.Access.Accounts;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace DevopsCd.Host.Access.Data;

/// <summary>The framework asks the application's services which version of its tables is meant.</summary>
internal static class DesignTime
{
    public static IServiceProvider Services { get; } = new ServiceCollection().Configure<IdentityOptions>(identity =>
        identity.Stores.SchemaVersion = AccountRules.SchemaVersion).BuildServiceProvider();
}

/// <summary>What <c>dotnet ef migrations</c> builds the models with; no server is contacted.</summary>
internal sealed class PostgresDesignTime : IDesignTimeDbContextFactory<PostgresAccessDbContext>
{
    public PostgresAccessDbContext CreateDbContext(string[] args) =>
        new((DbContextOptions<PostgresAccessDbContext>)CdDbContextOptions.UsePostgres(new DbContextOptionsBuilder<PostgresAccessDbContext>(),
            "Host=localhost", AccessDbContext.History).UseApplicationServiceProvider(DesignTime.Services).Options);
}

/// <inheritdoc cref="PostgresDesignTime" />
internal sealed class SqliteDesignTime : IDesignTimeDbContextFactory<SqliteAccessDbContext>
{
    public SqliteAccessDbContext CreateDbContext(string[] args) =>
        new((DbContextOptions<SqliteAccessDbContext>)CdDbContextOptions.UseSqlite(new DbContextOptionsBuilder<SqliteAccessDbContext>(),
            "Data Source=design.db", AccessDbContext.History).UseApplicationServiceProvider(DesignTime.Services).Options);
}
