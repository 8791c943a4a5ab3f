using System.Text.Json;
using Microsoft.AspNetCore.Authentication;

namespace DevopsCd.Host.Access.Oidc;

/// <summary>What a session keeps of the provider it came from. It travels in a ticket's properties from the login to the session's row.</summary>
/// <param name="Person">Who it is for the provider, see <see cref="ProviderPerson.Key" />.</param>
/// <param name="Session">The provider's own name of its session; null when it has said none.</param>
/// <param name="RefreshToken">Asks the provider again; null when it has given none.</param>
/// <param name="IdToken">Says at a logout which session of the provider is meant.</param>
internal sealed record ProviderSession(string Person, string? Session, string? RefreshToken, string? IdToken)
{
    private const string Item = "provider";

    public void PutInto(AuthenticationProperties properties) => properties.Items[Item] = JsonSerializer.Serialize(this);

    /// <summary>Takes it out again, so that it is not kept twice; null for a session of no provider.</summary>
    public static ProviderSession? TakeFrom(AuthenticationProperties properties) =>
        properties.Items.Remove(Item, out var text) && text is not null ? JsonSerializer.Deserialize<ProviderSession>(text) : null;
}
