using DevopsCd.Contracts.Api;
using DevopsCd.Core.Access;
using DevopsCd.Core.Batches.Delivery;
using DevopsCd.Host.Ui.Viewing;

namespace DevopsCd.Host.Ui.Delivery;

/// <summary>What the page of how delivery goes reads.</summary>
internal sealed class DeliveryPages(PageWork pages)
{
    /// <summary>DORA's measures of the projects that whoever looks may view.</summary>
    public Task<DoraView> ShowAsync(string? project, DateOnly? from, DateOnly? to, CancellationToken cancellationToken) =>
        pages.DoAsync(async (services, subject) => await services.GetRequiredService<DeliveryReport>().ReadAsync(
            await services.GetRequiredService<AccessDoor>().WhereAsync(subject, Permissions.View, cancellationToken), project, from, to, cancellationToken),
            cancellationToken);
}
