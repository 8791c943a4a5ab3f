namespace DevopsCd.Core.Configuration;

/// <summary>Configured texts that become the value of an HTTP header.</summary>
internal static class HeaderText
{
    /// <summary>What is allowed, for a message that names the key.</summary>
    public const string Allowed = "must be visible ASCII characters without spaces or line breaks, because it is sent as an HTTP header";

    /// <summary>Whether the text can be sent as it is.</summary>
    public static bool Fits(string text) => text.All(c => c is > ' ' and <= '~');
}
