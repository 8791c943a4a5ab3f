namespace DevopsCd.Core.Outbound;

/// <summary>Takes secrets out of text that services, exceptions and proxies produced, before it is stored, logged or shown.</summary>
internal sealed class Redactor
{
    private const int Longest = 500;
    private readonly string[] _secrets;

    /// <param name="known">The secrets.</param>
    /// <param name="address">An address that carries secrets, if there is one.</param>
    public Redactor(IEnumerable<string> known, string? address)
    {
        var secrets = known.ToList();
        if (Uri.TryCreate(address, UriKind.Absolute, out var url))
        {
            // A service may echo only the path, only the token or only a parameter.
            secrets.Add(url.PathAndQuery);
            secrets.Add(url.AbsolutePath);
            secrets.AddRange(url.Segments.Select(s => s.Trim('/')).Where(LooksSecret));
            secrets.AddRange(url.Query.TrimStart('?').Split('&').Select(p => p[(p.IndexOf('=') + 1)..]).Where(LooksSecret));
            if (url.UserInfo.Length > 0)
                secrets.AddRange(url.UserInfo.Split(':'));
        }
        _secrets = secrets.SelectMany(s => new[] { s, Uri.UnescapeDataString(s) }).Where(s => s.Length >= 4).Distinct()
            .OrderByDescending(s => s.Length).ToArray();
    }

    /// <summary>One line, without secrets, not longer than a log line should be.</summary>
    public string Clean(string text)
    {
        foreach (var secret in _secrets)
            text = text.Replace(secret, "***", StringComparison.OrdinalIgnoreCase);
        text = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return text.Length <= Longest ? text : text[..Longest] + "…";
    }

    // Words of a route are no secrets, and hiding them would garble every answer.
    private static bool LooksSecret(string part) => part.Length >= 16 || (part.Length >= 8 && part.Any(char.IsAsciiDigit));
}
