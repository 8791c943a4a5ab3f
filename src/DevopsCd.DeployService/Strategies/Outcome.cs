namespace DevopsCd.DeployService.Strategies;

internal enum Outcome
{
    Running,
    Paused,
    Done,
    Failed,
    Superseded
}
