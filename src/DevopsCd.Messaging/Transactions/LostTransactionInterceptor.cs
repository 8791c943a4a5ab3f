using System.Data;
using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace MassTransit.EntityFrameworkCoreIntegration;

/// <summary>
/// EF opens a new connection without a word when it finds the old one closed, and forgets the transaction: what came after it
/// would be saved by itself, without the inbox row. Inside a unit of work a second connection is refused instead. And what a transaction
/// is asked to do whose connection is gone is told as that: its own object says that it was disposed, as if the caller had made a mistake.
/// </summary>
internal sealed class LostTransactionInterceptor : DbConnectionInterceptor, IDbTransactionInterceptor
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

    public InterceptionResult TransactionCommitting(DbTransaction transaction, TransactionEventData eventData, InterceptionResult result)
    {
        RequireConnection(eventData.Context);
        return result;
    }

    public ValueTask<InterceptionResult> TransactionCommittingAsync(
        DbTransaction transaction, TransactionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default)
    {
        RequireConnection(eventData.Context);
        return ValueTask.FromResult(result);
    }

    public InterceptionResult CreatingSavepoint(DbTransaction transaction, TransactionEventData eventData, InterceptionResult result)
    {
        RequireConnection(eventData.Context);
        return result;
    }

    public ValueTask<InterceptionResult> CreatingSavepointAsync(
        DbTransaction transaction, TransactionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default)
    {
        RequireConnection(eventData.Context);
        return ValueTask.FromResult(result);
    }

    // The server has rolled it back with the end of the connection.
    public InterceptionResult TransactionRollingBack(DbTransaction transaction, TransactionEventData eventData, InterceptionResult result) =>
        IsConnected(eventData.Context) ? result : InterceptionResult.Suppress();

    public ValueTask<InterceptionResult> TransactionRollingBackAsync(
        DbTransaction transaction, TransactionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(TransactionRollingBack(transaction, eventData, result));

    /// <summary>The context's connection for commands of our own, which would otherwise report a lost one as a mistake of the caller.</summary>
    public static DbConnection Connection(DbContext context)
    {
        var connection = context.Database.GetDbConnection();
        return connection.State == ConnectionState.Open ? connection : throw new ConnectionLostException();
    }

    private static bool IsConnected(DbContext? context) => context?.Database.GetDbConnection() is not { State: not ConnectionState.Open };

    private static void RequireConnection(DbContext? context)
    {
        if (!IsConnected(context))
            throw new ConnectionLostException();
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
