using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;

namespace MassTransit.EntityFrameworkCoreIntegration;

/// <summary>Joins a context to the bus outbox that has put messages into it, so that whoever commits can say so.</summary>
internal static class PendingDelivery
{
    static readonly ConditionalWeakTable<DbContext, IPendingDelivery> Waiting = [];

    public static IPendingDelivery? Of(DbContext dbContext) => Waiting.TryGetValue(dbContext, out var pending) ? pending : null;

    public static void Join(DbContext dbContext, IPendingDelivery pending) => Waiting.AddOrUpdate(dbContext, pending);

    public static void Leave(DbContext dbContext) => Waiting.Remove(dbContext);
}
