namespace DevopsCd.Cli.Declaring;

/// <summary>Carries out the steps of a plan: what names something after it, everything else at once.</summary>
internal sealed class Applying(Session session)
{
    private const int AtOnce = 8;

    private readonly Lock _gate = new();
    private int _exit = ExitCodes.Ok;

    /// <summary>What fails is told, and keeps nothing else from being done that does not come after it.</summary>
    /// <returns>One of <see cref="ExitCodes" />: of the first failure.</returns>
    public async Task<int> RunAsync(IReadOnlyList<Step> steps, CancellationToken cancellationToken)
    {
        foreach (var turn in steps.GroupBy(step => step.Turn))
        {
            await Parallel.ForEachAsync(turn, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken }, MakeAsync);
            if (_exit == ExitCodes.Ok)
                continue;
            await session.SayAsync($"not everything could be done, and what comes after it was left; run apply again and it goes on");
            return _exit;
        }
        return ExitCodes.Ok;
    }

    private async ValueTask MakeAsync(Step step, CancellationToken cancellationToken)
    {
        try
        {
            await session.Api.ChangeOneAsync(step.Method, step.Path, step.Body?.ToJsonString(), cancellationToken);
        }
        catch (CliException failed)
        {
            lock (_gate)
            {
                if (_exit == ExitCodes.Ok)
                    _exit = failed.ExitCode;
                session.Around.Error.WriteLine($"{(step.Where.Length > 0 ? $"{step.Where}: " : "")}{step.What}: {session.Around.Words.Say(failed.Text)}");
            }
        }
    }
}
