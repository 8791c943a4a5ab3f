namespace DevopsCd.DeployService.Strategies;

/// <summary>The object or the record has changed under our hands; nothing is wrong, look again at once.</summary>
internal sealed class ConcurrentChangeException(string what) : Exception(what);
