namespace DevopsCd.Core.Tests.Engines;

/// <summary>A call that the engine made to the deploy service.</summary>
internal sealed record DeployCall(DateTimeOffset At, string Verb, string Application, string Cluster, string OperationId, string Image);
