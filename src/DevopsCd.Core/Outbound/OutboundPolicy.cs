namespace DevopsCd.Core.Outbound;

/// <summary>Which addresses may be called at all; what they resolve to is checked when connecting.</summary>
internal static class OutboundPolicy
{
    /// <summary>What is wrong with an address, without repeating it; null when it may be called.</summary>
    public static string? Problem(string address, OutboundRules rules)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https") || url.Host.Length == 0)
            return "must be an absolute https address";
        if (url.Scheme == "http" && !rules.AllowHttp)
            return $"must be https ({rules.Section}:allow_http lets it be http)";
        if (rules.AllowedHosts.Count > 0 && !IsListed(url.Host, url.Port, rules.AllowedHosts))
            return $"has a host that {rules.Section}:allowed_hosts does not list";
        return null;
    }

    /// <summary>Whether an operator named this host; only then may its address be private.</summary>
    public static bool IsListed(string host, int port, IEnumerable<string> allowed)
    {
        host = host.Trim('[', ']');
        foreach (var entry in allowed)
            if (entry.StartsWith("*.", StringComparison.Ordinal)
                    ? host.EndsWith(entry[1..], StringComparison.OrdinalIgnoreCase)
                    : host.Equals(entry, StringComparison.OrdinalIgnoreCase) || $"{host}:{port}".Equals(entry, StringComparison.OrdinalIgnoreCase))
                return true;
        return false;
    }
}
