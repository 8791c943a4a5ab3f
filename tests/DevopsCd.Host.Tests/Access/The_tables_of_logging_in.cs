using DevopsCd.Host.Access.Data;
using DevopsCd.Testing;
using Microsoft.EntityFrameworkCore;
using SchemaAge = DevopsCd.Core.Data.SchemaAge;

namespace DevopsCd.Host.Tests.Access;

public sealed class The_tables_of_logging_in
{
    /// <summary>What was taken away before two versions ever ran beside each other.</summary>
    private static readonly string[] s_before = ["drops access_tokens.groups"];

    [Fact]
    public void Are_as_the_last_migration_left_them()
    {
        using var postgres = new PostgresDesignTime().CreateDbContext([]);
        using var sqlite = new SqliteDesignTime().CreateDbContext([]);

        foreach (AccessDbContext db in (AccessDbContext[])[postgres, sqlite])
            db.Database.HasPendingModelChanges().ShouldBeFalse($"{db.GetType().Name}: run infra/build/migrations NameOfTheChange access");
    }

    /// <summary>See <see cref="SchemaRule" />.</summary>
    [Fact]
    public void Are_only_added_to_unless_a_migration_names_the_one_whose_program_does_without()
    {
        using var postgres = new PostgresDesignTime().CreateDbContext([]);
        using var sqlite = new SqliteDesignTime().CreateDbContext([]);

        foreach (AccessDbContext db in (AccessDbContext[])[postgres, sqlite])
            SchemaRule.Taken(db).Where(taken => SchemaAge.NeedsOf(taken.Migration) is null && !s_before.Contains(taken.What)).ShouldBeEmpty();
    }
}
