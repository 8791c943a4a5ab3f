using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace MassTransit.EntityFrameworkCoreIntegration;

/// <summary>The tables of inbox and outbox as one DbContext type maps them; made once for each model.</summary>
internal sealed class OutboxModel
{
    static readonly ConditionalWeakTable<IModel, OutboxModel> Models = [];

    OutboxModel(DbContext context)
    {
        Inbox = new InboxTable(context);
        Outbox = new OutboxTable(context);
        Troubles = new TroubleTable(context);
    }

    public InboxTable Inbox { get; }

    public OutboxTable Outbox { get; }

    public TroubleTable Troubles { get; }

    public static OutboxModel For(DbContext context) =>
        Models.TryGetValue(context.Model, out var model) ? model : Models.GetValue(context.Model, _ => new OutboxModel(context));
}
