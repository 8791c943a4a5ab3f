using System.Text.RegularExpressions;

namespace DevopsCd.Core.Applications;

/// <summary>What names and addresses of the catalogue must look like.</summary>
internal static partial class CatalogueRules
{
    /// <exception cref="BatchRefusedException">The name is none.</exception>
    public static void Name(string field, string value)
    {
        if (value.Length is 0 or > 100 || value.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('.' or '_' or '-')))
            throw BatchRefusedException.Content(field, $"'{value}' must be 1 to 100 letters, digits, '.', '_' or '-'");
        // It is part of addresses, where such a name is a way and no place.
        if (value.All(c => c == '.'))
            throw BatchRefusedException.Content(field, $"'{value}' must not consist of dots alone");
    }

    /// <summary>People open it, and webhooks are matched by it: nothing that a browser would run.</summary>
    /// <exception cref="BatchRefusedException">It is no address of a repository.</exception>
    public static void Repository(string? value)
    {
        if (string.IsNullOrEmpty(value))
            return;
        var isAddress = Uri.TryCreate(value, UriKind.Absolute, out var address) && address.Scheme is "http" or "https" or "ssh" or "git"
            && address.Host.Length > 0;
        if (value.Any(c => char.IsControl(c) || char.IsWhiteSpace(c)) || !(isAddress || SecureShell().IsMatch(value)))
            throw BatchRefusedException.Content("repository", "must be an http, https, ssh or git address, or user@host:path");
        if (isAddress && address!.UserInfo.Contains(':'))
            throw BatchRefusedException.Content("repository", "must not hold a password");
    }

    public static void Text(string field, string? value, int longest)
    {
        if (value is not null && (value.Length > longest || value.Any(char.IsControl)))
            throw BatchRefusedException.Content(field, $"must be at most {longest} characters without control characters");
    }

    [GeneratedRegex(@"^[A-Za-z0-9._-]+@[A-Za-z0-9.-]+:(?!/)[^\s:]+\z")]
    private static partial Regex SecureShell();
}
