using DevopsCd.Contracts;

namespace DevopsCd.Core.Intake.Webhooks;

/// <summary>Finds the applications a reported build belongs to: by the rules, else by the name the sender gave, else by the repository.</summary>
internal sealed class BuildMatcher(WebhookOptions options)
{
    private const int LongestName = 100;

    public MatchedBuilds Match(string source, ReportedBuild build, IReadOnlyList<KnownApplication> applications)
    {
        var builds = new List<BuildCompleted>();
        var verdicts = new List<RuleVerdict>();
        var problems = new List<string>();
        foreach (var (rule, index) in options.Rules.Select((rule, index) => (rule, index)))
        {
            var whyNot = rule.WhyNot(source, build);
            verdicts.Add(new RuleVerdict($"rules:{index}", rule.Application, whyNot));
            if (whyNot is null)
                Add(rule.Application, rule);
        }

        if (builds.Count + problems.Count == 0 && build.Application is { } named)
        {
            verdicts.Add(new RuleVerdict("the sender names the application", named, null));
            Add(named, null);
        }

        if (builds.Count + problems.Count == 0 && build.Repository is { } repository)
            foreach (var application in applications.Where(a => a.Repository is not null))
            {
                var same = IsSame(application.Repository!, repository);
                verdicts.Add(new RuleVerdict(
                    "the application's repository", application.Name, same ? null : $"repository '{repository}' is not '{application.Repository}'"));
                if (same)
                    Add(application.Name, null);
            }

        // Nobody's build is kept and shown as unmatched (R1). Its name is none that an application can have: the repository "elsewhere/order"
        // must not become a build of the application "order".
        if (builds.Count + problems.Count == 0 && build.Image is not null && (build.Repository ?? build.Jobs.FirstOrDefault()) is { } unknown)
            Add(Shortened(Bare(unknown) is var name && name.Contains('/') ? name : $"{source}/{name}"), null);
        return new MatchedBuilds(builds, verdicts, problems);

        void Add(string application, BuildRule? rule)
        {
            if ((build.Image ?? rule?.Image) is not { } image)
                problems.Add($"{application}: neither the sender nor a rule names the image");
            else
                builds.Add(Completed(source, build, application, image, rule, applications.FirstOrDefault(a => a.Name == application)));
        }
    }

    private static BuildCompleted Completed(
        string source, ReportedBuild build, string application, string image, BuildRule? rule, KnownApplication? known) => new()
        {
            Application = application,
            BuildNumber = build.BuildNumber,
            Branch = build.Branch ?? rule?.AsBranch ?? known?.DefaultBranch ?? "main",
            CommitId = build.CommitId ?? "unknown",
            CommitMessage = build.CommitMessage,
            CommitAuthor = build.CommitAuthor,
            ImageName = image,
            ImageTag = build.ImageTag ?? rule?.TagOf(build) ?? build.BuildNumber,
            ImageDigest = build.Digest,
            Status = build.Status,
            Source = source,
            Link = build.Link is { } link && Uri.TryCreate(link, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" ? build.Link : null,
            FinishedAt = build.FinishedAt,
        };

    // "shop/order" is https://git.example/shop/order.git and git@git.example:shop/order.
    private static bool IsSame(string ours, string theirs)
    {
        var (a, b) = (Bare(ours), Bare(theirs));
        return a.Equals(b, StringComparison.OrdinalIgnoreCase) || EndsWith(a, b) || EndsWith(b, a);

        static bool EndsWith(string text, string end) => end.Contains('/') && text.EndsWith($"/{end}", StringComparison.OrdinalIgnoreCase);
    }

    // A repository in many groups can be longer than a name may be; its end says most.
    private static string Shortened(string name) => name.Length <= LongestName ? name : name[^LongestName..];

    private static string Bare(string repository)
    {
        var text = repository.Trim().TrimEnd('/');
        text = text.EndsWith(".git", StringComparison.OrdinalIgnoreCase) ? text[..^4] : text;
        var scheme = text.IndexOf("://", StringComparison.Ordinal);
        text = scheme < 0 ? text : text[(scheme + 3)..];
        return text.StartsWith("git@", StringComparison.Ordinal) ? text[4..].Replace(':', '/') : text;
    }
}
