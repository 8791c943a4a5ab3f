using DevopsCd.Contracts;
using DevopsCd.Core.Builds;

namespace DevopsCd.Core.Intake.Webhooks;

/// <summary>Finds the applications a reported build belongs to: by the rules, else by the name the sender gave, else by the repository.</summary>
internal sealed class BuildMatcher(WebhookOptions options)
{
    private const int LongestName = 100;

    /// <exception cref="FormatException">A value is too long to mean anything.</exception>
    public MatchedBuilds Match(string source, ReportedBuild reported, IReadOnlyList<KnownApplication> applications)
    {
        var build = reported.Bounded();
        var found = new Found(source, build);
        var excluded = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (rule, index) in options.Rules.Select((rule, index) => (rule, index)))
        {
            var whyNot = Another(rule, build, applications) ?? rule.WhyNot(source, build);
            found.Verdicts.Add(new RuleVerdict($"rules:{index}", rule.Application, whyNot));
            if (whyNot is null)
                found.Add(rule.Application, rule);
            else if (rule.Excludes(source, build))
                excluded.Add(rule.Application);
        }

        if (found.IsEmpty && build.Application is { } named)
            Take(named, "the sender names the application");
        if (found.IsEmpty && build.Repository is { } repository)
            foreach (var application in applications.Where(a => a.Repository is not null))
                Take(application.Name, "the application's repository",
                    IsSame(application.Repository!, repository) ? null : $"repository '{repository}' is not '{application.Repository}'");

        // Nobody's build is kept and shown as unmatched (R1). Its name is none that an application can have: the repository "elsewhere/order"
        // must not become a build of the application "order".
        if (found.IsEmpty && excluded.Count == 0 && build.Image is not null && (build.Repository ?? (build.Jobs is [var job, ..] ? job : null)) is { } unknown)
            found.Add(Shortened(Bare(unknown) is var name && name.Contains('/') ? name : $"{source}/{name}"), null);
        if (found.IsEmpty && excluded.Count > 0)
            found.Ignored.Add($"a rule of {string.Join(", ", excluded)} excepts it");
        return new MatchedBuilds(found.Builds, found.Verdicts, found.Problems, found.Ignored, found.Builds.Count > 0 ? [.. build.Assumed, .. found.Notes] : []);

        void Take(string application, string because, string? whyNot = null)
        {
            if (whyNot is null && excluded.Contains(application))
                whyNot = "a rule of this application excepts the build";
            found.Verdicts.Add(new RuleVerdict(because, application, whyNot));
            if (whyNot is null)
                found.Add(application, null);
        }
    }

    // One webhook may tell of several applications: a rule that only names the repository must not give the image of one to the other.
    private static string? Another(BuildRule rule, ReportedBuild build, IReadOnlyList<KnownApplication> applications) =>
        build.Application is { } named && named != rule.Application && applications.Any(a => a.Name == named) ? $"the sender names the application '{named}'"
            : null;

    // "shop/order" is https://git.example/shop/order.git and git@git.example:shop/order, but not archive/shop/order: that is a group more.
    private static bool IsSame(string ours, string theirs)
    {
        var ((host, path), (otherHost, otherPath)) = (HostAndPath(ours), HostAndPath(theirs));
        return path.Equals(otherPath, StringComparison.OrdinalIgnoreCase)
            && (host is null || otherHost is null || host.Equals(otherHost, StringComparison.OrdinalIgnoreCase));
    }

    // Ports are left out: ssh and https have different ones.
    private static (string? Host, string Path) HostAndPath(string repository)
    {
        var named = repository.Contains("://", StringComparison.Ordinal) || repository.TrimStart().StartsWith("git@", StringComparison.Ordinal);
        var bare = Bare(repository);
        var slash = bare.IndexOf('/');
        var first = slash < 0 ? bare : bare[..slash];
        // Without a scheme a name with a dot is a host only where a group and a repository follow it.
        if (slash < 0 || !named && !(first.Contains('.') && bare.Count(c => c == '/') > 1))
            return (null, bare);
        var host = first[(first.LastIndexOf('@') + 1)..];
        return (host.Split(':')[0], bare[(slash + 1)..]);
    }

    // A repository in many groups can be longer than a name may be; its end says most.
    private static string Shortened(string name) => name.Length <= LongestName ? name : name[^LongestName..];

    private static string Bare(string repository)
    {
        var text = repository.Trim().TrimEnd('/');
        text = text.EndsWith(".git", StringComparison.OrdinalIgnoreCase) ? text[..^4] : text;
        var scheme = text.IndexOf("://", StringComparison.Ordinal);
        if (scheme >= 0)
            return text[(scheme + 3)..];
        return text.StartsWith("git@", StringComparison.Ordinal) ? text[4..].Replace(':', '/') : text;
    }

    /// <summary>What has been found of one reported build so far.</summary>
    private sealed class Found(string source, ReportedBuild build)
    {
        private readonly HashSet<string> _applications = new(StringComparer.Ordinal);

        public List<BuildCompleted> Builds { get; } = [];

        public List<RuleVerdict> Verdicts { get; } = [];

        public List<string> Problems { get; } = [];

        public List<string> Ignored { get; } = [];

        public List<string> Notes { get; } = [];

        public bool IsEmpty => _applications.Count == 0;

        // The first rule of an application decides: two with other images would make two builds of one.
        public void Add(string application, BuildRule? rule)
        {
            if (!_applications.Add(application))
                return;
            var branch = build.NotOfBranch is null ? build.Branch ?? rule?.AsBranch : rule?.AsBranch;
            if (NoImage(rule) is { } artifact)
                Ignored.Add($"{application}: {(build.ImageTag is null ? "it" : $"'{build.ImageTag}'")} is {artifact} and not the application's image");
            else if (branch is null && build.NotOfBranch is { } why)
                Ignored.Add($"{application}: {why}; only a rule with as_branch takes it");
            else if (branch is null)
                Problems.Add($"{application}: the sender names no branch{(build.Tag is { } tag ? $", only the tag '{tag}'" : "")}; a rule's as_branch says for which one it counts");
            else if ((build.Image ?? rule?.Image) is not { } image)
                Problems.Add($"{application}: neither the sender nor a rule names the image");
            else
            {
                if (branch != build.Branch || build.NotOfBranch is not null)
                    Notes.Add($"counts for {branch} by a rule{(build.NotOfBranch is { } reason ? $", although {reason}" : "")}");
                Builds.Add(Completed(application, branch, image, rule));
            }
        }

        private string? NoImage(BuildRule? rule)
        {
            var why = build.NoImage ?? (build.ImageTag is { } tag ? ArtifactTags.WhyNot(build.Image, tag) : null);
            return rule?.AnyArtifact == true && build.ImageTag is { } own && !ArtifactTags.IsAttached(own) ? null : why;
        }

        private BuildCompleted Completed(string application, string branch, string image, BuildRule? rule) => new()
        {
            Application = application,
            BuildNumber = build.Number,
            Attempt = build.Attempt,
            Branch = GitRef.Short(branch),
            CommitId = build.CommitId ?? "unknown",
            CommitMessage = build.CommitMessage,
            CommitAuthor = build.CommitAuthor,
            ImageName = image,
            ImageTag = build.ImageTag ?? rule?.TagOf(build) ?? build.Number,
            ImageDigest = build.Digest,
            Status = build.Status,
            Source = source,
            Link = build.Link,
            FinishedAt = build.FinishedAt,
        };
    }
}
