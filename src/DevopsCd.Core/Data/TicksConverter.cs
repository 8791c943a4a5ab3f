using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace DevopsCd.Core.Data;

/// <summary>SQLite has no time type: UTC ticks compare and sort as times do.</summary>
internal sealed class TicksConverter() : ValueConverter<DateTimeOffset, long>(t => t.UtcTicks, ticks => new DateTimeOffset(ticks, TimeSpan.Zero));
