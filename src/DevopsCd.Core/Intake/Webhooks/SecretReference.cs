namespace DevopsCd.Core.Intake.Webhooks;

/// <summary>
/// A secret of the configuration: <c>env:NAME</c>, <c>file:/path</c>, or itself. The line feed that mounted files and shells leave at its end
/// is none of it.
/// </summary>
internal static class SecretReference
{
    public static string Resolve(string reference) =>
        (WebhookSignature.Prefixed(reference, "env:") is { } name ? Environment.GetEnvironmentVariable(name) ?? ""
        : WebhookSignature.Prefixed(reference, "file:") is { } path ? File.ReadAllText(path)
        : reference).TrimEnd('\r', '\n');

    public static string? Wrong(string reference)
    {
        if (WebhookSignature.Prefixed(reference, "file:") is { } path && !File.Exists(path))
            return $"'{reference}' does not exist";
        var secret = Resolve(reference);
        if (secret.Length == 0)
            return $"'{(reference.Length == 0 ? "" : reference)}' is empty";
        return secret.StartsWith("whsec_", StringComparison.Ordinal) && !Convert.TryFromBase64String(secret["whsec_".Length..], new byte[secret.Length], out _)
            ? "must be base64 after 'whsec_'"
            : null;
    }
}
