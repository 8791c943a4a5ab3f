using DevopsCd.Testing.Hosting;

namespace DevopsCd.Ui.Tests;

/// <summary>A host of the embedded mode with the sample applications, for tests that only look at pages.</summary>
public sealed class PagesHost : IAsyncLifetime
{
    private HostProcess? _process;

    public HostProcess Process => _process!;

    public CdApi Api => CdApi.Patient(Process.Http);

    /// <summary>A batch that was created over the API, by its id.</summary>
    public async Task<long> Batch(string title, string application) =>
        (await Api.CreateBatch(title, null, [application])).Expect().Body.GetProperty("id").GetInt64();

    public async ValueTask InitializeAsync() =>
        _process = await HostProcess.StartNewAsync("pages", HostSettings.Embedded().With("core__storage__sample_catalogue", "true"));

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
            await _process.DisposeAsync();
    }
}
