using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using DevopsCd.Testing.Fakes;
using DevopsCd.Testing.Hosting;

namespace DevopsCd.Testing.Chaos;

/// <summary>
/// A server that the host needs gets into trouble while half of the batches deploy and the other half are being sealed; people give orders all the
/// while. Afterwards everything moves on by itself, and what was answered is what is there.
/// </summary>
public sealed class ServerTroubleRun
{
    private const int AppsPerBatch = 2, ConcurrentApps = 5, PeopleAtOnce = 4;

    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(4);
    private static readonly TimeSpan s_untilSaid = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan s_longestAnswer = TimeSpan.FromSeconds(14);

    private readonly ServerTrouble _trouble;
    private readonly HostProcess _host;
    private readonly FakeDeployService _deployService;
    private readonly CdApi _patient;
    private readonly Action<string> _say;
    private readonly ConcurrentBag<(string Application, CdAnswer Answer)> _asked = [];
    private readonly List<string> _violations = [];
    private double _slowest;

    private ServerTroubleRun(ServerTrouble trouble, HostProcess host, FakeDeployService deployService, Action<string> say)
    {
        (this._trouble, this._host, this._deployService, this._say) = (trouble, host, deployService, say);
        _patient = new CdApi(host.Http, "ann", s_patience);
    }

    /// <param name="figure">One of <see cref="ServerTrouble.Figures" />.</param>
    /// <param name="batches">Batches of two applications.</param>
    /// <param name="lasts">How long it lasts at least: until what has to be said of it has been said.</param>
    /// <param name="say">Told of what happens.</param>
    public static async Task<ServerTroubleReport> RunAsync(string figure, int batches, TimeSpan lasts, Action<string> say)
    {
        await using var deployService = await FakeDeployService.StartAsync().ConfigureAwait(false);
        deployService.Default = _ => DeployOutcome.Success(TimeSpan.FromSeconds(1));
        await using var trouble = await ServerTrouble.Figures[figure]().ConfigureAwait(false);
        var settings = trouble.Settings.DeployingWith(deployService)
            .With("core__notification__provider", "log").With("core__scan_interval", "2s").With("core__deploy__poll_interval", "500ms");
        await using var host = await HostProcess.StartNewAsync(figure, settings).ConfigureAwait(false);
        try
        {
            var report = await new ServerTroubleRun(trouble, host, deployService, say).Run(batches, lasts).ConfigureAwait(false);
            if (report.Violations.Count > 0) say(host.LogTail);
            return report;
        }
        catch (Exception)
        {
            say(host.LogTail);
            throw;
        }
    }

    private async Task<ServerTroubleReport> Run(int batches, TimeSpan lasts)
    {
        var open = new List<long>();
        for (var i = 0; i < batches; i++) open.Add(await Approved($"b{i}").ConfigureAwait(false));
        foreach (var batch in open.Where((_, index) => index % 2 == 0)) await Seal(batch).ConfigureAwait(false);

        var began = Stopwatch.GetTimestamp();
        var beginning = _trouble.BeginAsync(_host);
        _say($"{batches} batches, the trouble begins");
        var said = Said(began);
        var sealing = SealOthers(open, said);
        await Task.WhenAll(beginning, AskMeanwhile(began, lasts, said)).ConfigureAwait(false);
        var saidAfter = await said.ConfigureAwait(false);
        if (_trouble.SparesPeople) await sealing.ConfigureAwait(false);
        var waiting = await _trouble.WaitingAsync().ConfigureAwait(false);
        await _trouble.EndAsync().ConfigureAwait(false);
        var (lasted, ended) = (Stopwatch.GetElapsedTime(began), Stopwatch.GetTimestamp());
        _say($"over after {lasted.TotalSeconds:0.0} s, {_trouble.Times} times");

        await sealing.ConfigureAwait(false);
        await Eventually.Sees(() => States(open), states => states.All(state => state == 22), "every batch is pre-deployed", s_patience).ConfigureAwait(false);
        var moved = Stopwatch.GetElapsedTime(ended);
        await Eventually.Sees(Ready, text => text.StartsWith("""{"status":"ready""", StringComparison.Ordinal), "the readiness says ready", s_patience)
            .ConfigureAwait(false);
        var ready = Stopwatch.GetElapsedTime(ended);
        _say($"moved on after {moved.TotalSeconds:0.0} s, ready after {ready.TotalSeconds:0.0} s");
        return await Report(open, lasted, saidAfter, waiting, moved, ready).ConfigureAwait(false);
    }

    private async Task<ServerTroubleReport> Report(IReadOnlyList<long> open, TimeSpan lasted, double? saidAfter, long waiting, TimeSpan moved, TimeSpan ready)
    {
        var doneAllTheSame = await CompareAnswers().ConfigureAwait(false);
        foreach (var batch in open) await CompareSeal(batch).ConfigureAwait(false);
        var operations = _deployService.Operations.Count;
        if (operations != open.Count * AppsPerBatch) _violations.Add($"I2 {operations} operations for {open.Count * AppsPerBatch} applications");
        if (_slowest > s_longestAnswer.TotalSeconds) _violations.Add($"a command took {_slowest:0.0} s");
        if (_trouble.Refusal is { } words
            && !_asked.Any(each => each.Answer.Text.Contains(words, StringComparison.Ordinal))) _violations.Add($"nobody was told '{words}'");
        // A busy machine may be late for some of them.
        if (_trouble.SparesPeople
            && _asked.Count(each => each.Answer.IsSuccess) * 2 < _asked.Count) _violations.Add($"most people were refused meanwhile: {_asked.First(each => !each.Answer.IsSuccess).Answer}");
        _violations.AddRange(await _trouble.CheckAsync().ConfigureAwait(false));
        if (_trouble.Database is { } database)
        {
            var checker = new InvariantChecker(database, _deployService, concurrentApps: ConcurrentApps);
            _violations.AddRange(await checker.CheckAsync().ConfigureAwait(false));
            _violations.AddRange(await checker.CheckAtRestAsync(TimeSpan.FromMinutes(2)).ConfigureAwait(false));
        }

        return new()
        {
            Batches = open.Count,
            Times = _trouble.Times,
            TroubleSeconds = Math.Round(lasted.TotalSeconds, 1),
            SaidAfterSeconds = saidAfter,
            Commands = _asked.Count,
            Unavailable = _asked.Count(each => each.Answer.IsUnavailable),
            Waiting = waiting,
            DoneAllTheSame = doneAllTheSame,
            SlowestCommandSeconds = Math.Round(_slowest, 2),
            MovedAfterSeconds = Math.Round(moved.TotalSeconds, 1),
            ReadyAfterSeconds = Math.Round(ready.TotalSeconds, 1),
            Operations = operations,
            Parked = await Items("parked").ConfigureAwait(false) + await Items("parked/outgoing").ConfigureAwait(false),
            Violations = _violations,
        };
    }

    private async Task<long> Approved(string name)
    {
        var applications = Enumerable.Range(0, AppsPerBatch).Select(index => $"{name}-{index}").ToList();
        foreach (var application in applications) await _patient.Register(application, "pre").ConfigureAwait(false);
        var batch = (await _patient.CreateBatch($"Release {name}", name, applications).ConfigureAwait(false)).Expect().Id;
        (await _patient.Raise(batch, "approve").ConfigureAwait(false)).Expect();
        return batch;
    }

    /// <summary>Whoever has no answer asks again under the same key, and is told what became of the first.</summary>
    private async Task Seal(long batch) => (await _patient.Raise(batch, "confirm_tag").ConfigureAwait(false)).Expect();

    private async Task SealOthers(IReadOnlyList<long> open, Task said)
    {
        // Where people are spared, all of it happens while there is certainly trouble.
        if (_trouble.SparesPeople) await said.ConfigureAwait(false);
        await Task.WhenAll(open.Where((_, index) => index % 2 == 1).Select(Seal)).ConfigureAwait(false);
    }

    /// <summary>People who ask once and for something new each time, until it has lasted long enough and all has been said.</summary>
    private async Task AskMeanwhile(long began, TimeSpan lasts, Task<double?> said)
    {
        await Task.WhenAll(Enumerable.Range(0, PeopleAtOnce).Select(person => Ask(person))).ConfigureAwait(false);

        async Task Ask(int person)
        {
            var once = new CdApi(_host.Http, "bob");
            for (var i = 0; Stopwatch.GetElapsedTime(began) < lasts || !said.IsCompleted || await Untold(began).ConfigureAwait(false); i++)
            {
                var (application, started) = ($"asked-{person}-{i}", Stopwatch.GetTimestamp());
                _asked.Add((application, await once.AddApplication(application).ConfigureAwait(false)));
                lock (_asked) _slowest = Math.Max(_slowest, Stopwatch.GetElapsedTime(started).TotalSeconds);
                await Pause.For(TimeSpan.FromMilliseconds(50)).ConfigureAwait(false);
            }
        }
    }

    private Task<bool> Untold(long began) => Task.FromResult(
        _trouble.Refusal is { } words && Stopwatch.GetElapsedTime(began) < s_untilSaid
            && !_asked.Any(each => each.Answer.Text.Contains(words, StringComparison.Ordinal)));

    private async Task<double?> Said(long began)
    {
        if (_trouble.Said is not { } words) return null;
        await Eventually.Sees(Ready, text => text.Contains(words, StringComparison.Ordinal), $"the readiness says '{words}'", s_untilSaid)
            .ConfigureAwait(false);
        return Math.Round(Stopwatch.GetElapsedTime(began).TotalSeconds, 1);
    }

    private async Task<string> Ready()
    {
        using var answer = await _host.Http.GetAsync("health/ready").ConfigureAwait(false);
        return await answer.Content.ReadAsStringAsync().ConfigureAwait(false);
    }

    private Task<int[]> States(IReadOnlyList<long> batches) =>
        Task.WhenAll(batches.Select(async batch => (await _patient.Batch(batch).ConfigureAwait(false)).Expect().State));

    /// <summary>What was said to have been done is there; what was refused is not, unless nobody could know. Returns how many of these are there.</summary>
    private async Task<int> CompareAnswers()
    {
        var doneAllTheSame = 0;
        foreach (var (application, answer) in _asked)
        {
            var isThere = (await _patient.Send(HttpMethod.Get, $"applications/{application}").ConfigureAwait(false)).IsSuccess;
            if (answer.IsSuccess && !isThere) _violations.Add($"{application} is not there, though it was answered {answer}");
            if (!answer.IsSuccess && answer.Status is not (null or HttpStatusCode.ServiceUnavailable)) _violations.Add($"answered {answer}");
            if (!answer.IsSuccess && isThere) doneAllTheSame++;
        }

        return doneAllTheSame;
    }

    private async Task CompareSeal(long batch)
    {
        var events = (await _patient.Send(HttpMethod.Get, $"batches/{batch}/events?limit=200").ConfigureAwait(false)).Expect().Body.GetProperty("items")
            .EnumerateArray();
        var seals = events.Count(each => each.GetProperty("event").GetString() == "confirm_tag");
        if (seals != 1) _violations.Add($"batch {batch} has {seals} events confirm_tag");
    }

    private async Task<long> Items(string path) =>
        (await _patient.Send(HttpMethod.Get, path).ConfigureAwait(false)).Expect().Body.GetProperty("items").GetArrayLength();
}
