using System.CommandLine;

namespace DevopsCd.Cli.Commands;

/// <summary><c>api</c>: any call of the service, with this command line's context, key and exit codes.</summary>
internal static class ApiCommand
{
    private static readonly string[] s_methods = ["GET", "POST", "PUT", "PATCH", "DELETE"];

    public static Command Of(CommandSet set)
    {
        var method = new Argument<string>("METHOD") { Description = "GET, POST, PUT, PATCH or DELETE" };
        var path = new Argument<string>("PATH") { Description = "Below /api/v1, for example batches/42/events" };
        var data = Options.Text("--data", "JSON", "The body as JSON", "-d");
        var file = Options.Text("--file", "FILE", "The body from a file; - for standard input", "-f");
        var version = Options.Text("--if-version", "VERSION", "Refuse it when the resource has another version or ETag by now");
        return set.Runs(new CliCommand("api", "Call the API", "devopscd api GET batches/42/events",
            """devopscd api POST batches/42/events/cancel -d '{"reason":"superseded"}'""")
            .Takes(method, path, data, file, version), async (session, parsed, cancellationToken) =>
        {
            var verb = parsed.GetValue(method)!.ToUpperInvariant();
            if (!s_methods.Contains(verb))
                throw CliException.Usage($"'{verb}' is no method; known: {string.Join(", ", s_methods)}");
            var at = parsed.GetValue(path)!.TrimStart('/');
            at = at.StartsWith("api/v1/", StringComparison.Ordinal) ? at["api/v1/".Length..] : at;
            var body = parsed.GetValue(file) is { } from ? await ReadAsync(session, from, cancellationToken) : parsed.GetValue(data);
            await session.Printer.BodyAsync(verb == "GET"
                ? await session.Api.GetAsync(at, cancellationToken)
                : await session.Api.ChangeAsync(new HttpMethod(verb), at, body, cancellationToken, parsed.GetValue(version)));
        });
    }

    /// <summary>The text of a file, or of standard input.</summary>
    public static async Task<string> ReadAsync(Session session, string path, CancellationToken cancellationToken)
    {
        try
        {
            return path == "-" ? await session.Around.In.ReadToEndAsync(cancellationToken) : await File.ReadAllTextAsync(path, cancellationToken);
        }
        catch (Exception unread) when (unread is IOException or UnauthorizedAccessException)
        {
            throw new CliException(ExitCodes.Usage, $"{path} cannot be read: {unread.Message}", unread);
        }
    }
}
