using DevopsCd.Shared;

namespace DevopsCd.Core.Batches.Guards;

/// <summary>A start is scheduled for a time that makes sense, by a person (R21).</summary>
internal sealed class ScheduleGuard(TimeProvider clock) : IEventGuard
{
    private static readonly TimeSpan s_farthest = TimeSpan.FromDays(90);

    public string Name => "schedule";

    public bool Guards(BatchEventType type) => type is { StageEffect: StageEffect.Begins, Stage: { } stage } && !stage.GoesBack();

    public ValueTask<Obstacle?> CheckAsync(EventQuestion question, CancellationToken cancellationToken)
    {
        if (question.Asked is not { } asked || (asked.NotBefore is null && asked.ExpiresAt is null))
            return default;
        var now = clock.GetUtcNow();
        return ValueTask.FromResult(asked switch
        {
            { NotBefore: null } => Wrong("expiresAt", "belongs to notBefore"),
            { NotBefore: { } start } when start - now > s_farthest => Wrong("notBefore", $"must be within {new Duration(s_farthest)}"),
            { NotBefore: { } start, ExpiresAt: { } end } when end <= start || end <= now => Wrong("expiresAt", "must be after notBefore, and not be over"),
            _ => null
        });
    }

    private static Obstacle Wrong(string field, Sentence what) => new($"{field}: {what}")
    {
        Kind = RefusalKind.Content,
        Fields = new Dictionary<string, Sentence[]> { [field] = [what] },
        LiftedBy = Obstacle.Asker
    };
}
