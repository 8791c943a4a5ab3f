using System.Data;
using System.Data.Common;
using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace MassTransit.EntityFrameworkCoreIntegration;

/// <summary>
/// EF opens a new connection without a word when it finds the old one closed, and forgets the transaction: what came after it
/// would be saved by itself, without the inbox row. Inside a unit of work a second connection is refused instead.
/// </summary>
internal sealed class LostTransactionInterceptor : DbConnectionInterceptor
{
    // An entry stays with its context: pooled contexts come back, and making and removing entries is what a garbage collection pays for.
    static readonly ConditionalWeakTable<DbContext, State> Contexts = [];

    /// <summary>From here until the end of the returned hold the context's connection must stay the one it is.</summary>
    public static Hold Begin(DbContext context)
    {
        var state = Contexts.GetValue(context, static _ => new State());
        state.Held = true;
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

    static void Refuse(DbContext? context)
    {
        if (context is not null && Contexts.TryGetValue(context, out var state) && state.Held)
            throw new ConnectionLostException();
    }

    public readonly struct Hold(State state) : IDisposable
    {
        public void Dispose() => state.Held = false;
    }

    internal sealed class State
    {
        public bool Held { get; set; }
    }
}
