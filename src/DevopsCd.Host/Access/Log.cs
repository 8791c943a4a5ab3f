namespace DevopsCd.Host.Access;

internal static partial class Log
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "The login provider does not answer: {Why}. Sessions go on until their time is over")]
    public static partial void ProviderSilent(this ILogger log, string? why);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Nobody can log in at the provider: {Why}")]
    public static partial void ProviderUnreachable(this ILogger log, string why);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Sessions could not be confirmed at the provider; it is tried again")]
    public static partial void RefreshFailed(this ILogger log, Exception failure);

    [LoggerMessage(Level = LogLevel.Warning,
        Message = "The keys in access_keys are not encrypted: whoever reads the database can read the tokens that the login provider has issued for sessions. "
        + "core:auth:key_certificate names a certificate that encrypts them")]
    public static partial void KeysAreOpen(this ILogger log);

    [LoggerMessage(Level = LogLevel.Information, Message = "Access: {What} {Subject} by {By} from {Address} {Detail}")]
    public static partial void Happened(this ILogger log, string what, string subject, string by, string? address, string? detail);

    [LoggerMessage(Level = LogLevel.Warning,
        Message = "Nobody has an account yet. Make the first one, which may do everything, at {Link} – the link works once, until {Until:u}")]
    public static partial void SetUpAt(this ILogger log, string link, DateTimeOffset until);

    [LoggerMessage(Level = LogLevel.Warning,
        Message = "Nobody has an account yet. The link that makes the first one was logged at {Made:u} and works until {Until:u}; "
        + "a start after that logs a new one")]
    public static partial void SetUpLinkIsOut(this ILogger log, DateTimeOffset made, DateTimeOffset until);
}
