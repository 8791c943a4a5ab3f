using System.Globalization;
using System.Text.Json;
using DevopsCd.Contracts.Api;

namespace DevopsCd.Host.Ui.Policies;

/// <summary>A gate of a policy, as a form has it: text by text, an empty one for the default.</summary>
internal sealed class GateForm
{
    public string Name { get; set; } = "";

    /// <summary>As the API names it.</summary>
    public string At { get; set; } = "before_prod";

    /// <summary>As the API names it.</summary>
    public string Kind { get; set; } = "manual";

    public string Url { get; set; } = "";

    public string Secret { get; set; } = "";

    public string Status { get; set; } = "";

    public string Query { get; set; } = "";

    public string Min { get; set; } = "";

    public string Max { get; set; } = "";

    public string For { get; set; } = "";

    public string Interval { get; set; } = "";

    public string Timeout { get; set; } = "";

    /// <summary>Members that this version does not know: they are kept, and refused by whoever knows what they are.</summary>
    private Dictionary<string, JsonElement>? Others { get; init; }

    /// <summary>Whether an address is called.</summary>
    public bool IsCalled => Kind != "manual";

    public bool IsWebhook => Kind == "webhook";

    public bool IsHttp => Kind == "http";

    public bool IsQuery => Kind == "prometheus";

    public static GateForm Of(GateBody body) => new()
    {
        Name = body.Name ?? "",
        At = body.At ?? "",
        Kind = body.Kind ?? "",
        Url = body.Url ?? "",
        Secret = body.Secret ?? "",
        Status = body.Status?.ToString(CultureInfo.InvariantCulture) ?? "",
        Query = body.Query ?? "",
        Min = body.Min?.ToString(CultureInfo.InvariantCulture) ?? "",
        Max = body.Max?.ToString(CultureInfo.InvariantCulture) ?? "",
        For = body.For ?? "",
        Interval = body.Interval ?? "",
        Timeout = body.Timeout ?? "",
        Others = body.Others
    };

    /// <summary>Only what the kind has: what was written for another one is not sent.</summary>
    /// <param name="field">The gate's place in the policy, for what is wrong with it.</param>
    /// <exception cref="BatchRefusedException">A number is none.</exception>
    public GateBody ToBody(string field) => new()
    {
        Name = ApprovalForm.Filled(Name),
        At = ApprovalForm.Filled(At),
        Kind = ApprovalForm.Filled(Kind),
        Url = IsCalled ? ApprovalForm.Filled(Url) : null,
        Secret = IsCalled ? ApprovalForm.Filled(Secret) : null,
        Status = IsHttp ? ApprovalForm.Number($"{field}.status", Status) : null,
        Query = IsQuery ? ApprovalForm.Filled(Query) : null,
        Min = IsQuery ? Bound($"{field}.min", Min) : null,
        Max = IsQuery ? Bound($"{field}.max", Max) : null,
        For = IsQuery ? ApprovalForm.Filled(For) : null,
        Interval = IsHttp || IsQuery ? ApprovalForm.Filled(Interval) : null,
        Timeout = ApprovalForm.Filled(Timeout),
        Others = Others
    };

    private static double? Bound(string field, string text) => string.IsNullOrWhiteSpace(text) ? null
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number
        : throw BatchRefusedException.Content(field, "must be a number, for example 0.05");
}
