namespace DevopsCd.Shared.OpenApi;

/// <summary>Marks routes whose handlers read the body themselves.</summary>
/// <param name="Description">What is sent.</param>
/// <param name="ContentTypes">The forms it may have.</param>
internal sealed record RawBody(string Description, params string[] ContentTypes);
