using Microsoft.EntityFrameworkCore.Storage;

namespace MassTransit.EntityFrameworkCoreIntegration;

/// <summary>A column as the context's model has it.</summary>
/// <param name="Property">The entity's property.</param>
/// <param name="Name">The column's name, quoted.</param>
/// <param name="Mapping">How values become parameters.</param>
/// <param name="Nullable">Whether it may be empty.</param>
/// <param name="Value">Reads the property of a row.</param>
internal sealed record StoredColumn(string Property, string Name, RelationalTypeMapping Mapping, bool Nullable, Func<object, object?> Value);
