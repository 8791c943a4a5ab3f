using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace DevopsCd.Host.Access.Accounts;

/// <summary>There is no default password: while nobody has an account, a start logs one link that makes the first one.</summary>
internal sealed class FirstAccount(IServiceScopeFactory scopes, IServer server, PublicAddress published, ILogger<FirstAccount> log) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var (secret, link) = await scope.ServiceProvider.GetRequiredService<Invitations>().FirstAsync(cancellationToken);
        if (secret is not null)
            log.SetUpAt($"{Address()}{LoginPages.SetUpPath(secret)}", link!.ExpiresAt);
        else if (link is not null)
            log.SetUpLinkIsOut(link.MadeAt, link.ExpiresAt);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Where people open the service; without that setting, what it listens on, from this machine.</summary>
    private string Address() =>
        (published.Url is { Length: > 0 } address ? address : server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() ?? "")
        .Replace("[::]", "127.0.0.1", StringComparison.Ordinal).Replace("0.0.0.0", "127.0.0.1", StringComparison.Ordinal).TrimEnd('/');
}
