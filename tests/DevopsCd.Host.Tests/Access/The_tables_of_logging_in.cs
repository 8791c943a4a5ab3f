using DevopsCd.Host.Access.Data;
using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Host.Tests.Access;

public sealed class The_tables_of_logging_in
{
    [Fact]
    public void Are_as_the_last_migration_left_them()
    {
        using var postgres = new PostgresDesignTime().CreateDbContext([]);
        using var sqlite = new SqliteDesignTime().CreateDbContext([]);

        foreach (AccessDbContext db in (AccessDbContext[])[postgres, sqlite])
            db.Database.HasPendingModelChanges().ShouldBeFalse($"{db.GetType().Name}: run infra/build/migrations NameOfTheChange access");
    }
}
