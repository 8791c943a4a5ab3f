namespace DevopsCd.Testing.Fakes;

/// <summary>One request the fake deploy service has seen.</summary>
/// <param name="At">When it arrived.</param>
/// <param name="Verb"><c>submit</c>, <c>look</c>, <c>stop</c> or <c>promote</c>.</param>
/// <param name="OperationId">The operation in its path.</param>
/// <param name="Status">The status answered; 0 when the connection was dropped or never answered.</param>
public sealed record DeployCall(DateTimeOffset At, string Verb, string OperationId, int Status);
