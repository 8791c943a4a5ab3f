namespace DevopsCd.Host.Api;

/// <summary>
/// Marks routes that wait for something else than the database and have a limit of their own: <see cref="Admission" /> keeps no place for them.
/// </summary>
internal sealed class NeedsNoPlace;
