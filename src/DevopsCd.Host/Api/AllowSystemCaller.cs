namespace DevopsCd.Host.Api;

/// <summary>Marks routes that systems call, not people: CI pipelines and deploy services.</summary>
internal sealed class AllowSystemCaller;
