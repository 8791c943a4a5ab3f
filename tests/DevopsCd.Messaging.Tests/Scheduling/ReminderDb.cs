using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Messaging.Tests.Scheduling;

public sealed class ReminderDb(DbContextOptions<ReminderDb> options) : DbContext(options)
{
    public DbSet<Note> Notes => Set<Note>();
}

public sealed class Note
{
    public int Id { get; set; }

    public string Text { get; set; } = "";
}
