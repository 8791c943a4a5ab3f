namespace DevopsCd.Host.Api;

/// <summary>Marks routes that change no state that a caller could have seen: they create or report.</summary>
internal sealed class Stateless;
