using System.Globalization;
using DevopsCd.Contracts.Api;

namespace DevopsCd.Host.Ui.Policies;

/// <summary>A policy as a form has it: text by text, an empty one for the default.</summary>
internal sealed class PolicyForm
{
    public ApprovalForm Approvals { get; init; } = new();

    /// <summary>The start of production needs approvals.</summary>
    public bool HasProdApprovals { get; set; }

    public ApprovalForm ProdApprovals { get; init; } = new();

    /// <summary><c>true</c>, <c>false</c> or empty.</summary>
    public string AutomaticPreDeploy { get; set; } = "";

    public string ConcurrentApps { get; set; } = "";

    public string SingleAppTimeout { get; set; } = "";

    public string BatchTimeout { get; set; } = "";

    public string Soak { get; set; } = "";

    /// <summary>Names separated by commas.</summary>
    public string Channels { get; set; } = "";

    public List<GateForm> Gates { get; init; } = [];

    public static PolicyForm Of(ProjectPolicyBody policy) => new()
    {
        Approvals = ApprovalForm.Of(policy.Approvals),
        HasProdApprovals = policy.ProdApprovals is not null,
        ProdApprovals = ApprovalForm.Of(policy.ProdApprovals),
        AutomaticPreDeploy = ApprovalForm.Text(policy.AutomaticPreDeploy),
        ConcurrentApps = policy.ConcurrentApps?.ToString(CultureInfo.InvariantCulture) ?? "",
        SingleAppTimeout = policy.SingleAppTimeout ?? "",
        BatchTimeout = policy.BatchTimeout ?? "",
        Soak = policy.Soak ?? "",
        Channels = string.Join(", ", policy.Channels ?? []),
        Gates = [.. (policy.Gates ?? []).Select(GateForm.Of)]
    };

    /// <exception cref="BatchRefusedException">A number is none.</exception>
    public ProjectPolicyBody ToBody() => new()
    {
        Approvals = Approvals.ToBody("approvals"),
        ProdApprovals = HasProdApprovals ? ProdApprovals.ToBody("prodApprovals") ?? new ApprovalPolicyBody() : null,
        AutomaticPreDeploy = ApprovalForm.Bool(AutomaticPreDeploy),
        ConcurrentApps = ApprovalForm.Number("concurrentApps", ConcurrentApps),
        SingleAppTimeout = ApprovalForm.Filled(SingleAppTimeout),
        BatchTimeout = ApprovalForm.Filled(BatchTimeout),
        Soak = ApprovalForm.Filled(Soak),
        Channels = ApprovalForm.Filled(Channels)?.Split([',', '，'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
        Gates = Gates.Count == 0 ? null : [.. Gates.Select((gate, i) => gate.ToBody($"gates[{i}]"))]
    };
}

/// <summary>Who has to approve, as a form has it.</summary>
internal sealed class ApprovalForm
{
    public string Required { get; set; } = "";

    /// <summary>One group a line, with how many of it: <c>testers: 1</c>.</summary>
    public string Groups { get; set; } = "";

    /// <summary><c>true</c>, <c>false</c> or empty.</summary>
    public string NotByAuthor { get; set; } = "";

    public string ExpireAfter { get; set; } = "";

    /// <summary>As the API names it, or empty.</summary>
    public string OnChange { get; set; } = "";

    public static ApprovalForm Of(ApprovalPolicyBody? body) => body is null ? new ApprovalForm() : new ApprovalForm
    {
        Required = body.Required?.ToString(CultureInfo.InvariantCulture) ?? "",
        Groups = string.Join('\n', (body.Groups ?? new Dictionary<string, int>()).Select(group => $"{group.Key}: {group.Value}")),
        NotByAuthor = Text(body.NotByAuthor),
        ExpireAfter = body.ExpireAfter ?? "",
        OnChange = body.OnChange ?? ""
    };

    /// <summary>Null when all of it is left to the defaults.</summary>
    /// <exception cref="BatchRefusedException">A number is none.</exception>
    public ApprovalPolicyBody? ToBody(string field)
    {
        if (string.IsNullOrWhiteSpace(Required + Groups + NotByAuthor + ExpireAfter + OnChange))
            return null;
        return new ApprovalPolicyBody
        {
            Required = Number($"{field}.required", Required),
            Groups = string.IsNullOrWhiteSpace(Groups) ? null : Lines(field),
            NotByAuthor = Bool(NotByAuthor),
            ExpireAfter = Filled(ExpireAfter),
            OnChange = Filled(OnChange)
        };
    }

    internal static string? Filled(string text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    internal static bool? Bool(string text) => bool.TryParse(text, out var value) ? value : null;

    internal static string Text(bool? value) => value switch { true => "true", false => "false", null => "" };

    internal static int? Number(string field, string text) => string.IsNullOrWhiteSpace(text) ? null
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
        : throw BatchRefusedException.Content(field, "must be a whole number");

    private Dictionary<string, int> Lines(string field)
    {
        var groups = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var line in Groups.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var colon = line.LastIndexOfAny([':', '：']);
            if (colon < 1 || Number($"{field}.groups", line[(colon + 1)..].Trim()) is not { } number)
                throw BatchRefusedException.Content($"{field}.groups", "needs a group and a number on each line, for example: testers: 1");
            groups[line[..colon].Trim()] = number;
        }
        return groups;
    }
}
