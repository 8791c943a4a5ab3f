namespace DevopsCd.Host.Starting;

/// <summary>Where the start is: the API answers once the database is there in this version.</summary>
internal sealed class StartState
{
    private volatile string? _waitsBecause = "It brings its database to this version.";

    public bool IsOver => _waitsBecause is null;

    /// <summary>Why it is not over, for everybody; null when it is.</summary>
    public string? WaitsBecause => _waitsBecause;

    public void Wait(string because) => _waitsBecause = because;

    public void Finish() => _waitsBecause = null;
}
