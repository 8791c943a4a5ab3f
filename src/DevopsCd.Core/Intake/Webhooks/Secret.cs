namespace DevopsCd.Core.Intake.Webhooks;

/// <summary>A secret of the configuration: <c>env:NAME</c>, <c>file:/path</c>, or itself.</summary>
internal static class Secret
{
    public static string Resolve(string reference) =>
        Genuine.Prefixed(reference, "env:") is { } name ? Environment.GetEnvironmentVariable(name) ?? ""
        : Genuine.Prefixed(reference, "file:") is { } path ? File.ReadAllText(path).TrimEnd('\r', '\n')
        : reference;

    public static string? Wrong(string reference)
    {
        if (Genuine.Prefixed(reference, "file:") is { } path && !File.Exists(path))
            return $"'{reference}' does not exist";
        var secret = Resolve(reference);
        if (secret.Length == 0)
            return $"'{(reference.Length == 0 ? "" : reference)}' is empty";
        return secret.StartsWith("whsec_", StringComparison.Ordinal) && !Convert.TryFromBase64String(secret["whsec_".Length..], new byte[secret.Length], out _)
            ? "must be base64 after 'whsec_'"
            : null;
    }
}
