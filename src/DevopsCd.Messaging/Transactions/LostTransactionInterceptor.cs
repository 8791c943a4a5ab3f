using System.Data;
using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace MassTransit.EntityFrameworkCoreIntegration;

/// <summary>
/// EF opens a new connection without a word when it finds the old one closed, and forgets the transaction: what came after it
/// would be saved by itself, without the inbox row. Inside a unit of work a second connection is refused instead.
/// </summary>
internal sealed class LostTransactionInterceptor : DbConnectionInterceptor
{
    /// <summary>From here until the end of the returned hold the context's connection must stay the one it is.</summary>
    public static Hold Begin(DbContext context)
    {
        var state = ContextState.Of(context);
        state.IsHeld = true;
        return new Hold(state);
    }

    public override InterceptionResult ConnectionOpening(DbConnection connection, ConnectionEventData eventData, InterceptionResult result)
    {
        Refuse(eventData.Context);
        return result;
    }

    public override ValueTask<InterceptionResult> ConnectionOpeningAsync(
        DbConnection connection, ConnectionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default)
    {
        Refuse(eventData.Context);
        return ValueTask.FromResult(result);
    }

    /// <summary>The context's connection for commands of our own, which would otherwise report a lost one as a mistake of the caller.</summary>
    public static DbConnection Connection(DbContext context)
    {
        var connection = context.Database.GetDbConnection();
        return connection.State == ConnectionState.Open ? connection : throw new ConnectionLostException();
    }

    private static void Refuse(DbContext? context)
    {
        if (ContextState.Find(context) is { IsHeld: true })
            throw new ConnectionLostException();
    }

    public readonly struct Hold(ContextState state) : IDisposable
    {
        public void Dispose() => state.IsHeld = false;
    }
}
