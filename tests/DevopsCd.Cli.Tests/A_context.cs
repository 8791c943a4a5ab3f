using System.Runtime.Versioning;

namespace DevopsCd.Cli.Tests;

[UnsupportedOSPlatform("windows")]
public sealed class A_context(EmbeddedHost host) : IClassFixture<EmbeddedHost>
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    [Fact]
    public async Task Is_kept_for_its_owner_alone_and_used_from_then_on()
    {
        using var cli = new Cli();

        await cli.DoAsync("login", host.Process.BaseUrl.ToString(), "--name", "here");

        File.GetUnixFileMode(cli.ConfigPath).ShouldBe(OwnerOnly);
        (await cli.DoAsync("whoami")).ShouldContain(host.Process.BaseUrl.ToString().TrimEnd('/'));
        (await cli.DoAsync("context", "list")).ShouldMatch(@"(?m)^\*\s+here\s+http://127\.0\.0\.1:\d+\s+no$");
    }

    [Fact]
    public async Task Is_not_read_where_others_can_read_it()
    {
        using var cli = new Cli();
        await cli.DoAsync("login", host.Process.BaseUrl.ToString());
        File.SetUnixFileMode(cli.ConfigPath, OwnerOnly | UnixFileMode.GroupRead);

        var run = await cli.RunAsync("whoami");

        run.Exit.ShouldBe(ExitCodes.NotAllowed);
        run.Error.ShouldContain("chmod 600");
    }

    [Fact]
    public async Task Is_not_kept_where_the_service_is_none()
    {
        using var cli = new Cli();

        (await cli.RunAsync("login", "http://127.0.0.1:1", "--retry-for", "1ms")).Exit.ShouldBe(ExitCodes.Unreachable);

        File.Exists(cli.ConfigPath).ShouldBeFalse();
    }

    [Fact]
    public async Task Is_changed_and_forgotten()
    {
        using var cli = new Cli();
        foreach (var name in (string[])["one", "two"])
            await cli.DoAsync("login", host.Process.BaseUrl.ToString(), "--name", name);

        await cli.DoAsync("context", "use", "one");
        await cli.DoAsync("logout");

        (await cli.DoAsync("context", "list", "-o", "name")).ShouldBe("two\n");
        (await cli.RunAsync("whoami")).Exit.ShouldBe(ExitCodes.Usage);
        (await cli.RunAsync("context", "use", "one")).Exit.ShouldBe(ExitCodes.Usage);
        (await cli.RunAsync("whoami", "--context", "two")).Exit.ShouldBe(ExitCodes.Ok);
    }

    [Fact]
    public async Task That_is_rubbish_is_said_to_be_so()
    {
        using var cli = new Cli();
        await cli.DoAsync("login", host.Process.BaseUrl.ToString());
        await File.WriteAllTextAsync(cli.ConfigPath, "contexts: [}", TestContext.Current.CancellationToken);

        (await cli.RunAsync("whoami")).Error.ShouldContain(cli.ConfigPath);
    }
}
