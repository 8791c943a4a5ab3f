namespace MassTransit.EntityFrameworkCoreIntegration;

/// <summary>The databases that are understood.</summary>
internal enum Database
{
    Postgres,
    Sqlite,
}
