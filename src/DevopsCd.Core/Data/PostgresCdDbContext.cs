using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Core.Data;

/// <summary>The engine's tables on PostgreSQL.</summary>
internal sealed class PostgresCdDbContext(DbContextOptions<PostgresCdDbContext> options) : CdDbContext(options)
{
    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        base.ConfigureConventions(configurationBuilder);
        // timestamptz takes offset zero only, whatever offset a producer wrote.
        configurationBuilder.Properties<DateTimeOffset>().HaveConversion<UtcConverter>();
    }
}
