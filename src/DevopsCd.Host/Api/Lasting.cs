namespace DevopsCd.Host.Api;

/// <summary>Marks routes whose answer goes on until somebody ends it: it is no state, and has no ETag.</summary>
internal sealed class Lasting;
