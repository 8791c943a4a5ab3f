using DevopsCd.Core.Data;
using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Host.Access.Data;

/// <summary>Has the tables of logging in made with the engine's, in the same turn among hosts that start together.</summary>
internal sealed class AccessSchema(AccessDbContext db) : IFurtherSchema
{
    public DbContext Context => db;
}
