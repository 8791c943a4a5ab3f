using System.Text;

namespace MassTransit.EntityFrameworkCoreIntegration;

/// <summary>Writes a lock statement in a dialect or with a hint of your own, for <see cref="SqlLockStatementProvider"/>. Parameters are <c>@p0</c>, <c>@p1</c>, ….</summary>
public interface ILockStatementFormatter
{
    /// <summary>Begins the statement, up to where the conditions come.</summary>
    void Create(StringBuilder sb, string schema, string table);

    /// <summary>Adds the condition that a column has the value of the parameter with that index.</summary>
    void AppendColumn(StringBuilder sb, int index, string columnName);

    /// <summary>Ends the statement.</summary>
    void Complete(StringBuilder sb);

    /// <summary>Never called here, since the outbox writes its own statements; it is there so that existing formatters can be used.</summary>
    void CreateOutboxStatement(StringBuilder sb, string schema, string table, string columnName);
}
