using MassTransit;
using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Messaging.Tests.Scheduling;

public sealed class ReminderDb(DbContextOptions<ReminderDb> options) : DbContext(options)
{
    public DbSet<Note> Notes => Set<Note>();

    public DbSet<Reminder> Reminders => Set<Reminder>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Reminder>().HasKey(reminder => reminder.CorrelationId);
        modelBuilder.AddTransactionalOutboxEntities();
    }
}

public sealed class Note
{
    public int Id { get; set; }

    public string Text { get; set; } = "";
}
