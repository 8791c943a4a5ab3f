using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Core.Data;

/// <summary>Tables beside the engine's, in the same database: brought to this version after them, in the same turn.</summary>
internal interface IFurtherSchema
{
    /// <summary>Their context, with migrations and a history table of its own.</summary>
    DbContext Context { get; }
}
