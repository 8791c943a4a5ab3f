using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Core.Data;

/// <summary>The engine's tables in a SQLite file, for the embedded mode.</summary>
internal sealed class SqliteCdDbContext(DbContextOptions<SqliteCdDbContext> options) : CdDbContext(options)
{
    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        base.ConfigureConventions(configurationBuilder);
        configurationBuilder.Properties<DateTimeOffset>().HaveConversion<TicksConverter>();
    }
}
