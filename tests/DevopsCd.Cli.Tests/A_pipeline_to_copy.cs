using System.Text.RegularExpressions;
using DevopsCd.Testing;
using DevopsCd.Testing.Hosting;
using YamlDotNet.RepresentationModel;

namespace DevopsCd.Cli.Tests;

/// <summary>The files of <c>infra/pipelines</c>: what their shell does, by a shell, against a host where a job is known by the token of its platform.</summary>
public sealed partial class A_pipeline_to_copy : IAsyncLifetime
{
    private const string Commit = "0123456789abcdef0123456789abcdef01234567";

    private CiPlatform? _platform;
    private HostProcess? _host;

    public async ValueTask InitializeAsync()
    {
        _platform = await CiPlatform.StartAsync();
        _host = await HostProcess.StartNewAsync("pipelines", HostSettings.Embedded().With("core__auth__mode", "password")
            .With("core__deploy__simulated_duration", "200ms")
            .With("core__auth__workloads__0__name", "shop").With("core__auth__workloads__0__issuer", _platform.Issuer)
            .With("core__auth__workloads__0__audience", CiPlatform.Audience).With("core__auth__workloads__0__claims__repository_id", CiPlatform.Repository)
            .With("core__auth__workloads__0__role", "admin").With("core__auth__workloads__0__project", "*"));
    }

    public async ValueTask DisposeAsync()
    {
        if (_host is not null)
            await _host.DisposeAsync();
        if (_platform is not null)
            await _platform.DisposeAsync();
    }

    [Fact]
    public async Task Reports_its_build_and_takes_a_batch_to_production()
    {
        using var cli = new Cli(_host!.BaseUrl).With("DEVOPSCD_TOKEN", _platform!.Token());
        await cli.DoAsync("project", "set", "default", "--policy", """{"approvals":{"notByAuthor":false}}""");
        var steps = Steps();
        steps.Keys.ShouldBe(["drone.yml", "github-actions.yml", "gitlab-ci.yml", "Jenkinsfile"], ignoreOrder: true);
        foreach (var (file, shell) in steps.OrderBy(step => step.Key, StringComparer.Ordinal))
        {
            shell.Count.ShouldBe(2, $"{file} reports and releases");
            var application = $"a{Guid.NewGuid():N}"[..12];
            await cli.DoAsync("app", "set", application);
            foreach (var stage in (string[])["pre", "prod"])
                await cli.DoAsync("app", "target", "set", application, stage, "c1", "--namespace", "shop");
            var variables = Variables(application);
            // GitLab gives the token to the job, GitHub when it is asked; the others keep one as a secret.
            variables[file switch
            {
                "gitlab-ci.yml" => "DEVOPSCD_ID_TOKEN",
                "github-actions.yml" => "UNUSED",
                _ => "DEVOPSCD_TOKEN"
            }] = _platform.Token();

            var report = await CommandShell.RunAsync(shell[0], variables);
            report.Exit.ShouldBe(ExitCodes.Ok, $"{file}: {report.Error}");
            var batch = (await cli.DoAsync("batch", "create", "-t", file, "-a", application, "-o", "name")).Trim();
            await cli.DoAsync("batch", "approve", batch);
            await cli.DoAsync("batch", "seal", batch);
            variables["BATCH"] = batch;
            var release = await CommandShell.RunAsync(shell[1], variables);

            release.Exit.ShouldBe(ExitCodes.Ok, $"{file}: {release.Error}");
            release.Error.ShouldContain("prod_deploy_completed, now ProdDeployed");
            (await cli.DoAsync("build", "list", "--app", application)).ShouldContain(Commit[..10]);
        }
    }

    /// <summary>What each job's shell does, by file; without the installation, for which there is the built program.</summary>
    private static Dictionary<string, List<string>> Steps()
    {
        var folder = Repository.PathTo("infra", "pipelines");
        var yaml = Directory.GetFiles(folder, "*.yml").ToDictionary(file => Path.GetFileName(file)!, file => Yaml(File.ReadAllText(file)));
        yaml["Jenkinsfile"] = [.. Groovy().Matches(File.ReadAllText(Path.Combine(folder, "Jenkinsfile"))).Select(shell => shell.Groups["lines"].Value)];
        return yaml;
    }

    private static List<string> Yaml(string text)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(text));
        return [.. stream.Documents.SelectMany(document => document.AllNodes.OfType<YamlMappingNode>()).SelectMany(node => node.Children)
            .Where(pair => pair.Key is YamlScalarNode { Value: "run" or "script" or "commands" })
            .Select(pair => pair.Value is YamlSequenceNode lines ? string.Join('\n', lines.Select(line => ((YamlScalarNode)line).Value)) : $"{pair.Value}")
            .Select(shell => Installation().Replace(shell, "").Replace("$${", "${", StringComparison.Ordinal))
            .Where(shell => shell.Contains("devopscd", StringComparison.Ordinal))];
    }

    /// <summary>What each platform and the people who set it up put around a job.</summary>
    private Dictionary<string, string> Variables(string application) => new()
    {
        ["DEVOPSCD_SERVER"] = _host!.BaseUrl.ToString(),
        ["IMAGE"] = $"registry.example/{application}",
        ["GITHUB_RUN_NUMBER"] = "7",
        ["GITHUB_RUN_ATTEMPT"] = "1",
        ["GITHUB_RUN_ID"] = "1234567",
        ["GITHUB_REF_NAME"] = "main",
        ["GITHUB_SHA"] = Commit,
        ["GITHUB_SERVER_URL"] = "https://github.com",
        ["GITHUB_REPOSITORY"] = "shop/web",
        ["ACTIONS_ID_TOKEN_REQUEST_URL"] = $"{_platform!.Issuer}/token?api-version=2.0",
        ["ACTIONS_ID_TOKEN_REQUEST_TOKEN"] = "of the runner",
        ["CI_PIPELINE_IID"] = "7",
        ["CI_COMMIT_BRANCH"] = "main",
        ["CI_COMMIT_SHA"] = Commit,
        ["CI_PIPELINE_URL"] = "https://gitlab.example/shop/web/-/pipelines/7",
        ["CI_JOB_ID"] = "1234567",
        ["BUILD_NUMBER"] = "7",
        ["BRANCH_NAME"] = "main",
        ["GIT_COMMIT"] = Commit,
        ["BUILD_URL"] = "https://jenkins.example/job/web/7/",
        ["BUILD_TAG"] = "jenkins-web-7",
        ["DRONE_BUILD_NUMBER"] = "7",
        ["DRONE_BRANCH"] = "main",
        ["DRONE_COMMIT_SHA"] = Commit,
        ["DRONE_BUILD_LINK"] = "https://drone.example/shop/web/7"
    };

    [GeneratedRegex("sh '''(?<lines>.*?)'''", RegexOptions.Singleline)]
    private static partial Regex Groovy();

    [GeneratedRegex("^.*dotnet tool install.*$", RegexOptions.Multiline)]
    private static partial Regex Installation();
}
