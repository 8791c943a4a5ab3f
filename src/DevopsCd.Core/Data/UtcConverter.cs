using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace DevopsCd.Core.Data;

/// <summary>Times leave for PostgreSQL at offset zero.</summary>
internal sealed class UtcConverter() : ValueConverter<DateTimeOffset, DateTimeOffset>(t => t.ToUniversalTime(), t => t);
