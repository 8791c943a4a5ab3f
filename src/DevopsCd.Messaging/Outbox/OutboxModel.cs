using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace MassTransit.EntityFrameworkCoreIntegration;

/// <summary>The tables of inbox and outbox as one DbContext type maps them; made once for each model.</summary>
internal sealed class OutboxModel
{
    private static readonly ConditionalWeakTable<IModel, OutboxModel> s_models = [];

    private OutboxModel(DbContext context)
    {
        Inbox = new InboxTable(context);
        Outbox = new OutboxTable(context);
        Troubles = new OutboxFailureTable(context);
    }

    public InboxTable Inbox { get; }

    public OutboxTable Outbox { get; }

    public OutboxFailureTable Troubles { get; }

    public static OutboxModel For(DbContext context) =>
        s_models.TryGetValue(context.Model, out var model) ? model : s_models.GetValue(context.Model, _ => new OutboxModel(context));
}
