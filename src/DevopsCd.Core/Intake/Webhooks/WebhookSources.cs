namespace DevopsCd.Core.Intake.Webhooks;

/// <summary>The known senders and their secrets.</summary>
internal sealed class WebhookSources(IEnumerable<IWebhookSource> sources, WebhookOptions options)
{
    private readonly Dictionary<string, IWebhookSource> _sources = sources.ToDictionary(s => s.Name);

    private readonly Dictionary<string, string[]> _secrets =
        options.Sources.ToDictionary(s => s.Key, s => s.Value.Secrets.Select(SecretReference.Resolve).ToArray());

    public IReadOnlyCollection<string> Names => _sources.Keys;

    public IWebhookSource? this[string name] => _sources.GetValueOrDefault(name);

    /// <summary>False for an unknown sender, a closed one and a wrong signature alike, in the same time.</summary>
    public bool IsGenuine(string name, WebhookRequest request)
    {
        var secrets = _secrets.GetValueOrDefault(name) ?? [];
        var source = this[name] ?? _sources.Values.First();
        var genuine = false;
        foreach (var secret in secrets.Length > 0 ? secrets : ["nobody knows this one"])
            genuine |= source.IsGenuine(request, secret);
        return genuine && secrets.Length > 0 && _sources.ContainsKey(name);
    }
}
