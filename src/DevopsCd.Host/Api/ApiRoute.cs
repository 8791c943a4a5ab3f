namespace DevopsCd.Host.Api;

/// <summary>Marks the routes below <c>/api/v1</c>.</summary>
internal sealed class ApiRoute;
