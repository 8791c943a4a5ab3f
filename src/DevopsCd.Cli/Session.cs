using DevopsCd.Cli.Connecting;
using DevopsCd.Cli.Output;
using DevopsCd.Shared;

namespace DevopsCd.Cli;

/// <summary>One run of a command: whom it talks to, how it writes, and how it asks.</summary>
internal sealed class Session(Surroundings around, SharedOptions.Values options) : IDisposable
{
    private HttpClient? _http;
    private ApiClient? _api;

    public Surroundings Around => around;

    public Printer Printer { get; } = new(around, options.Format);

    public TimeProvider Clock => around.Clock;

    /// <summary>The service that the options, the environment or the current context name.</summary>
    public ApiClient Api => _api ??= Client(Context());

    public ApiClient Client(Context context)
    {
        _http ??= new HttpClient
        {
            Timeout = TimeSpan.FromSeconds(60),
            DefaultRequestHeaders = { UserAgent = { new("devopscd", ProgramVersion.Text) }, AcceptLanguage = { new(around.Words.Language) } }
        };
        var workload = context is { Token: null, Audience: { } audience } ? new WorkloadToken(around, _http, audience) : null;
        return new ApiClient(_http, context, workload, options.Operator ?? around.Variable("DEVOPSCD_OPERATOR"),
            options.Key ?? Guid.CreateVersion7(Clock.GetUtcNow()).ToString(), options.Patience, Clock, SayAsync);
    }

    /// <summary>Says something beside the data.</summary>
    public Task SayAsync(FormattableString text) => around.Error.WriteLineAsync(around.Words.Say(text));

    /// <summary>Asks for a line of text; null where nobody can be asked.</summary>
    public async Task<string?> AskAsync(FormattableString question, CancellationToken cancellationToken)
    {
        if (!around.IsInTerminal)
            return null;
        await around.Error.WriteAsync($"{around.Words.Say(question)} ");
        await around.Error.FlushAsync(cancellationToken);
        return (await around.In.ReadLineAsync(cancellationToken))?.Trim();
    }

    /// <exception cref="CliException">The person says no, or nobody can be asked and no option says yes.</exception>
    public async Task ConfirmAsync(bool yes, FormattableString what, CancellationToken cancellationToken)
    {
        if (yes)
            return;
        if (!around.IsInTerminal)
            throw CliException.Usage($"{what}? Nobody can be asked here: say --yes");
        if (await AskAsync($"{what}? [y/N]", cancellationToken) is not ("y" or "Y" or "yes"))
            throw CliException.Usage($"nothing was done");
    }

    /// <exception cref="CliException">A reason is needed, and there is none.</exception>
    public async Task<string> ReasonAsync(string? given, FormattableString what, CancellationToken cancellationToken) =>
        given ?? (await AskAsync($"Reason to {what}:", cancellationToken) is { Length: > 0 } typed ? typed
            : throw CliException.Usage($"to {what} takes a reason: say --reason TEXT"));

    /// <exception cref="CliException">There is none, or its address is none.</exception>
    public Context Context()
    {
        var (server, token) = (options.Server ?? around.Variable("DEVOPSCD_SERVER"), around.Variable("DEVOPSCD_TOKEN"));
        var name = options.Context ?? around.Variable("DEVOPSCD_CONTEXT");
        if (server is not null && options.Context is null)
            return OfServer(Address(server), token);
        var file = ContextFile.Read(around);
        if ((name ?? file.Current) is not { } wanted)
            throw CliException.Usage($"no service is named: say --server URL, set DEVOPSCD_SERVER, or run devopscd login URL once");
        var context = file.Find(wanted)
            ?? throw CliException.Usage($"there is no context '{wanted}'; known: {string.Join(", ", file.Contexts.Select(c => c.Name))}");
        return token is null ? context : context with { Token = token };
    }

    /// <summary>A service that is named by its address: one is known there as in the context that leads to it, where there is one.</summary>
    private Context OfServer(string address, string? token)
    {
        if (token is not null)
            return new Context { Name = "", Server = address, Token = token };
        var file = ContextFile.Read(around);
        return file.Contexts.Where(one => one.Server == address).OrderByDescending(one => one.Name == file.Current).FirstOrDefault()
            ?? new Context { Name = "", Server = address };
    }

    /// <summary>An address as it is kept: without a path.</summary>
    public static string Address(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https" && address.Host.Length > 0
            && address.UserInfo.Length == 0
            ? address.GetLeftPart(UriPartial.Authority)
            : throw CliException.Usage($"'{text}' is no address of a service; write it as https://cd.example");

    public void Dispose() => _http?.Dispose();
}
