using DevopsCd.Contracts.Api;
using DevopsCd.Core.Access;
using DevopsCd.Host.Access.Tokens;
using DevopsCd.Host.Ui.Viewing;

namespace DevopsCd.Host.Ui.Rights;

/// <summary>What the page of API tokens reads and does.</summary>
internal sealed class TokenPages(PageWork pages)
{
    /// <summary>The tokens that whoever looks may see, and the projects to bound one to.</summary>
    public Task<TokenList> ListAsync(CancellationToken cancellationToken) => pages.DoAsync(async (services, subject) =>
    {
        var desk = services.GetRequiredService<TokenDesk>();
        return new TokenList(await desk.ListAsync(subject, cancellationToken), desk.IsOffered, Permissions.All);
    }, cancellationToken);

    /// <summary>Makes a token for whoever asks.</summary>
    /// <returns>The token with its secret, which is shown once.</returns>
    /// <exception cref="BatchRefusedException">Its bounds are wrong, or no token is needed.</exception>
    public Task<NewTokenView> CreateAsync(NewToken token, CancellationToken cancellationToken) => pages.DoAsync((services, subject) =>
        services.GetRequiredService<TokenDesk>() is { IsOffered: true } desk && subject.Kind == SubjectKind.User
            ? desk.CreateAsync(token, subject, cancellationToken)
            : throw new BatchRefusedException(RefusalKind.Illegal, "only a person who has logged in makes a token"), cancellationToken);

    /// <summary>Revokes a token; every instance refuses it from now on.</summary>
    public Task RevokeAsync(string id, CancellationToken cancellationToken) => pages.DoAsync((services, subject) =>
        services.GetRequiredService<TokenDesk>().RevokeAsync(id, subject, cancellationToken), cancellationToken);
}

/// <summary>API tokens as somebody sees them.</summary>
/// <param name="Items">Newest first.</param>
/// <param name="IsOffered">Tokens are of use here.</param>
/// <param name="Permissions">What a token can be bounded to.</param>
public sealed record TokenList(IReadOnlyList<TokenView> Items, bool IsOffered, IReadOnlyList<string> Permissions);
