using DevopsCd.Core.Data;
using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Core.Intake.Webhooks;

/// <summary>A time as a value of hand-written SQL: what the context's converters would make of it.</summary>
internal static class DeliveryTime
{
    public static object Of(CdDbContext db, DateTimeOffset time) => db.Database.IsNpgsql() ? time.ToUniversalTime() : time.UtcTicks;
}
